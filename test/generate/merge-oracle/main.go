// Merges apply configurations as the API server does for a MutatingAdmissionPolicy: reads lines of
// {"object": …, "configuration": …} and writes one line of {"object": …} or {"error": …} for each.
//
// Called by ../merge-cases.ts, which says how to build it.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

type question struct {
	Object        map[string]any `json:"object"`
	Configuration map[string]any `json:"configuration"`
}

type answer struct {
	Object map[string]any `json:"object,omitempty"`
	Error  string         `json:"error,omitempty"`
}

func main() {
	converter := applyconfigurations.NewTypeConverter(scheme.Scheme)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		live := &unstructured.Unstructured{Object: q.Object}
		wanted := &unstructured.Unstructured{Object: q.Configuration}
		wanted.SetGroupVersionKind(live.GroupVersionKind())
		merged, err := patch.ApplyStructuredMergeDiff(converter, live, wanted)
		if err != nil {
			_ = out.Encode(answer{Error: err.Error()})
			continue
		}
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(merged)
		if err != nil {
			panic(err)
		}
		_ = out.Encode(answer{Object: object})
	}
}
