package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/cel/library"
)

// A request is what the expressions of a family are evaluated on.
type request struct {
	Object    json.RawMessage `json:"object"`
	OldObject json.RawMessage `json:"oldObject"`
	Params    json.RawMessage `json:"params"`
}

// variables are the inputs of one evaluation by name.
type variables map[string]any

func (v variables) ResolveName(name string) (any, bool) {
	value, ok := v[name]
	return value, ok
}

func (v variables) Parent() interpreter.Activation { return nil }

func (r request) activation() (variables, error) {
	who := &user.DefaultInfo{Name: "jane"}
	values := variables{
		"authorizer":                 library.NewAuthorizerVal(who, clerk{}),
		"authorizer.requestResource": library.NewResourceAuthorizerVal(who, clerk{}, deployment{}),
		"namespaceObject":            types.NullValue,
		"request":                    types.NullValue,
	}
	for name, text := range map[string]json.RawMessage{"object": r.Object, "oldObject": r.OldObject, "params": r.Params} {
		value, err := decode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = value
	}
	return values, nil
}

// decode reads JSON as the API server does: integers are int64, all other numbers are doubles.
func decode(text json.RawMessage) (any, error) {
	var value any
	if len(text) > 0 {
		if err := utiljson.Unmarshal(text, &value); err != nil {
			return nil, err
		}
	}
	if value == nil {
		return types.NullValue, nil
	}
	return value, nil
}

// A clerk is an authorizer that allows to get, fails on errors, and shows in its reason what it was asked.
type clerk struct{}

func (clerk) Authorize(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
	if asked.GetVerb() == "fail" {
		return authorizer.DecisionNoOpinion, "", errors.New("the clerk is ill")
	}
	reason := fmt.Sprintf("%s %s %s", asked.GetUser().GetName(), asked.GetVerb(), asked.GetPath())
	if asked.IsResourceRequest() {
		reason += fmt.Sprintf("%s/%s/%s %s/%s", asked.GetAPIGroup(), asked.GetResource(), asked.GetSubresource(),
			asked.GetNamespace(), asked.GetName())
	}
	if asked.GetVerb() == "get" {
		return authorizer.DecisionAllow, reason, nil
	}
	return authorizer.DecisionDeny, reason, nil
}

// deployment is the resource of the request.
type deployment struct{}

func (deployment) GetName() string        { return "web" }
func (deployment) GetNamespace() string   { return "shop" }
func (deployment) GetSubresource() string { return "scale" }
func (deployment) GetResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
}
