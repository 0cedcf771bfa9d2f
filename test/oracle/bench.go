package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/util/version"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// A benchCase is an expression of the benchmark, with the variables of its policy.
type benchCase struct {
	Name       string            `json:"name"`
	Expression string            `json:"expression"`
	Variables  map[string]string `json:"variables"`
	// Value is what the expression yields; true where it is left out.
	Value any `json:"value"`
}

// Timings are nanoseconds: medians of rounds.
type timings struct {
	Parse    float64 `json:"parse"`
	Check    float64 `json:"check"`
	Plan     float64 `json:"plan"`
	Evaluate float64 `json:"evaluate"`
}

const (
	rounds    = 15
	roundTime = 20 * time.Millisecond
)

// bench measures the expressions in the file as the API server runs them, with costs tracked: name -> timings.
func bench(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var asked struct {
		Object json.RawMessage `json:"object"`
		Cases  []benchCase     `json:"cases"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	values, err := request{Object: asked.Object}.activation()
	if err != nil {
		return err
	}
	measured := map[string]timings{}
	for _, each := range asked.Cases {
		found, err := measure(each, values)
		if err != nil {
			return fmt.Errorf("%s: %w", each.Name, err)
		}
		measured[each.Name] = found
	}
	return json.NewEncoder(os.Stdout).Encode(measured)
}

// A variable of a policy.
type variable struct {
	accessor
	name string
}

func (v variable) GetName() string { return v.name }

func measure(each benchCase, values variables) (timings, error) {
	compiler, err := admissioncel.NewCompositedCompiler(environment.MustBaseEnvSet(version.MustParse(newest)))
	if err != nil {
		return timings{}, err
	}
	for name, expression := range each.Variables {
		compiler.CompileAndStoreVariable(variable{accessor(expression), name}, admissioncel.OptionalVariableDeclarations{}, environment.NewExpressions)
	}
	compiled := compiler.CompileCELExpression(accessor(each.Expression), admissioncel.OptionalVariableDeclarations{}, environment.NewExpressions)
	if compiled.Error != nil {
		return timings{}, compiled.Error
	}
	found, err := compilation(compiler, each)
	if err != nil {
		return timings{}, err
	}
	evaluate := func() (any, error) {
		on := context.Context(context.Background())
		if len(each.Variables) > 0 {
			composed := compiler.CreateContext(on)
			values["variables"] = composed.Variables(values)
			on = composed
		}
		value, _, err := compiled.Program.ContextEval(on, values)
		if err != nil {
			return nil, err
		}
		return value.Value(), nil
	}
	wanted := each.Value
	if wanted == nil {
		wanted = true
	}
	if value, err := evaluate(); err != nil || value != wanted {
		return timings{}, fmt.Errorf("%v, %w", value, err)
	}
	found.Evaluate = nanoseconds(func() { _, _ = evaluate() })
	return found, nil
}

// compilation times the steps of compiling, in an environment with the variables that the expressions use.
func compilation(compiler *admissioncel.CompositedCompiler, each benchCase) (timings, error) {
	env, err := compiler.Env(environment.NewExpressions)
	if err != nil {
		return timings{}, err
	}
	env, err = env.Extend(cel.Variable("object", cel.DynType))
	if err != nil {
		return timings{}, err
	}
	parsed, issues := env.Parse(each.Expression)
	if issues.Err() != nil {
		return timings{}, issues.Err()
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return timings{}, issues.Err()
	}
	return timings{
		Parse: nanoseconds(func() { _, _ = env.Parse(each.Expression) }),
		Check: nanoseconds(func() { _, _ = env.Check(parsed) }),
		Plan:  nanoseconds(func() { _, _ = env.Program(checked, cel.InterruptCheckFrequency(celconfig.CheckFrequency)) }),
	}, nil
}

func nanoseconds(work func()) float64 {
	var times []float64
	for range rounds {
		count := 0
		began := time.Now()
		for ; time.Since(began) < roundTime; count++ {
			for range 16 {
				work()
			}
		}
		times = append(times, float64(time.Since(began).Nanoseconds())/float64(count*16))
	}
	slices.Sort(times)
	return times[len(times)/2]
}
