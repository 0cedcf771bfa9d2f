// Command oracle answers CEL expressions with the admission compiler of the Kubernetes API server.
//
// For each expressions/<family>.json it writes golden/<family>.json: what each expression gives, its type, its error
// and its cost. For an older version it writes golden/<version>/<family>.json: the answers that differ from those.
// The tests read the answers; Go is needed only to make them again.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/util/version"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// A family is one file of expressions over one request.
type family struct {
	Request     request  `json:"request"`
	Expressions []string `json:"expressions"`
}

// An answer is one line of a golden file.
type answer struct {
	Expression string `json:"expression"`
	// CompileError is what the API server says when the policy is created.
	CompileError string `json:"compileError,omitempty"`
	// StaticType is what the checker knows of the result.
	StaticType string `json:"staticType,omitempty"`
	Value      string `json:"value,omitempty"`
	Error      string `json:"error,omitempty"`
	Cost       uint64 `json:"cost"`
}

const newest = "1.37"

// What the program does with a file, by the name of the command.
var commands = map[string]func(file string) error{"conformance": conform, "bench": bench}

func main() {
	if len(os.Args) == 3 {
		if err := commands[os.Args[1]](os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	at := newest
	if len(os.Args) > 1 {
		at = os.Args[1]
	}
	files, err := filepath.Glob("expressions/*.json")
	if err != nil || len(files) == 0 {
		log.Fatalf("no expressions: run this in test/oracle (%v)", err)
	}
	compiler, err := admissioncel.NewCompositedCompiler(environment.MustBaseEnvSet(version.MustParse(at)))
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range files {
		if err := makeGolden(compiler, at, file); err != nil {
			log.Fatalf("%s: %v", file, err)
		}
	}
}

func makeGolden(compiler *admissioncel.CompositedCompiler, at, file string) error {
	lines, err := answerFamily(compiler, file)
	if err != nil {
		return err
	}
	golden := filepath.Join("golden", filepath.Base(file))
	if at == newest {
		return write(golden, lines)
	}
	lines, err = differing(lines, golden)
	if err != nil {
		return err
	}
	return write(filepath.Join("golden", at, filepath.Base(file)), lines)
}

func answerFamily(compiler *admissioncel.CompositedCompiler, file string) ([][]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var asked family
	if err := json.Unmarshal(text, &asked); err != nil {
		return nil, err
	}
	var lines [][]byte
	for _, expression := range asked.Expressions {
		line, err := encode(ask(compiler, expression, asked.Request))
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// differing leaves out the lines that the golden file has.
func differing(lines [][]byte, golden string) ([][]byte, error) {
	known, err := os.ReadFile(golden)
	if err != nil {
		return nil, err
	}
	var kept [][]byte
	for _, line := range lines {
		if !bytes.Contains(known, append(line, '\n')) && !bytes.Contains(known, append(line, ',')) {
			kept = append(kept, line)
		}
	}
	return kept, nil
}

func write(golden string, lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		return err
	}
	text := append([]byte("[\n"), append(bytes.Join(lines, []byte(",\n")), "\n]\n"...)...)
	return os.WriteFile(golden, text, 0o644)
}

func encode(given answer) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(given)
	return bytes.TrimSpace(line.Bytes()), err
}

// An expression of any type; the API server asks for bool, string or patches.
type accessor string

func (a accessor) GetExpression() string    { return string(a) }
func (a accessor) ReturnTypes() []*cel.Type { return []*cel.Type{cel.AnyType} }

func ask(compiler *admissioncel.CompositedCompiler, expression string, on request) answer {
	options := admissioncel.OptionalVariableDeclarations{HasParams: true, HasAuthorizer: true, HasPatchTypes: true}
	compiled := compiler.CompileCELExpression(accessor(expression), options, environment.NewExpressions)
	if compiled.Error != nil {
		return answer{Expression: expression, CompileError: compiled.Error.Error()}
	}
	given := answer{Expression: expression, StaticType: compiled.OutputType.String()}
	activation, err := on.activation()
	if err != nil {
		log.Fatalf("request: %v", err)
	}
	value, details, err := compiled.Program.ContextEval(context.Background(), activation)
	if cost := details.ActualCost(); cost != nil {
		given.Cost = *cost
	}
	if err != nil {
		given.Error = err.Error()
		return given
	}
	given.Value = literal(value)
	return given
}
