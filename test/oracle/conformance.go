package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	test "cel.dev/expr/conformance/test"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"google.golang.org/protobuf/encoding/protojson"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/cel/environment"
)

// A specTest is a test of the CEL specification under the name that our tests know it by.
type specTest struct {
	ID   string          `json:"id"`
	Test json.RawMessage `json:"test"`
}

// conform writes the names of the tests in the file that pass in the environment of Kubernetes. As in our tests, an
// expression that is refused passes where an error is expected.
func conform(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var tests []specTest
	if err := json.Unmarshal(text, &tests); err != nil {
		return err
	}
	base, err := environment.MustBaseEnvSet(version.MustParse(newest)).Env(environment.NewExpressions)
	if err != nil {
		return err
	}
	passed := []string{}
	for _, each := range tests {
		if err := pass(base, each.Test); err == nil {
			passed = append(passed, each.ID)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(passed)
}

// pass says why a test does not pass; nil where it does. A test that panics does not.
func pass(base *cel.Env, text json.RawMessage) (problem error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			problem = fmt.Errorf("panic: %v", panicked)
		}
	}()
	var asked test.SimpleTest
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, &asked); err != nil {
		return err
	}
	env, err := declare(base, &asked)
	if err != nil {
		return err
	}
	ast, issues := env.Compile(asked.GetExpr())
	if issues.Err() != nil {
		return expected(&asked, issues.Err())
	}
	if err := sameType(&asked, ast.OutputType()); err != nil || asked.GetCheckOnly() {
		return err
	}
	return evaluate(env, ast, &asked)
}

func declare(base *cel.Env, asked *test.SimpleTest) (*cel.Env, error) {
	var options []cel.EnvOption
	for _, declaration := range asked.GetTypeEnv() {
		option, err := cel.ProtoAsDeclaration(declaration)
		if err != nil {
			return nil, err
		}
		options = append(options, option)
	}
	return base.Extend(options...)
}

func sameType(asked *test.SimpleTest, found *cel.Type) error {
	deduced := asked.GetTypedResult().GetDeducedType()
	if deduced == nil {
		return nil
	}
	wanted, err := types.ProtoAsType(deduced)
	if err != nil {
		return err
	}
	if wanted.String() != found.String() {
		return fmt.Errorf("type %s instead of %s", found, wanted)
	}
	return nil
}

func evaluate(env *cel.Env, ast *cel.Ast, asked *test.SimpleTest) error {
	program, err := env.Program(ast)
	if err != nil {
		return expected(asked, err)
	}
	values := map[string]any{}
	for name, bound := range asked.GetBindings() {
		value, err := cel.ProtoAsValue(env.CELTypeAdapter(), bound.GetValue())
		if err != nil {
			return err
		}
		values[name] = value
	}
	found, _, err := program.Eval(values)
	if err != nil {
		return expected(asked, err)
	}
	return sameValue(env, asked, literal(found))
}

func sameValue(env *cel.Env, asked *test.SimpleTest, found string) error {
	if wantsError(asked) {
		return fmt.Errorf("no error, but %s", found)
	}
	wanted := "true"
	value := asked.GetValue()
	if value == nil {
		value = asked.GetTypedResult().GetResult()
	}
	if value != nil {
		converted, err := cel.ProtoAsValue(env.CELTypeAdapter(), value)
		if err != nil {
			return err
		}
		wanted = literal(converted)
	}
	if wanted != found {
		return fmt.Errorf("%s instead of %s", found, wanted)
	}
	return nil
}

func expected(asked *test.SimpleTest, err error) error {
	if wantsError(asked) {
		return nil
	}
	return errors.Join(errors.New("an error"), err)
}

func wantsError(asked *test.SimpleTest) bool {
	return asked.GetEvalError() != nil || asked.GetAnyEvalErrors() != nil
}
