package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/blang/semver/v4"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"k8s.io/apimachinery/pkg/api/resource"
)

// literal writes a value so that values of different types never look alike: 1, 1u, 1.0, "1", b"31", optional(1),
// kubernetes.Quantity(1). Maps are sorted by their keys' literals.
func literal(value ref.Val) string {
	switch typed := value.(type) {
	case types.Null:
		return "null"
	case types.Bool, types.Int:
		return fmt.Sprint(typed.Value())
	case types.Uint:
		return fmt.Sprintf("%du", uint64(typed))
	case types.Double:
		return double(float64(typed))
	case types.String:
		return quoted(string(typed))
	case types.Bytes:
		return fmt.Sprintf(`b"%x"`, []byte(typed))
	case *types.Type:
		return "type(" + typed.TypeName() + ")"
	case *types.Optional:
		if typed.HasValue() {
			return "optional(" + literal(typed.GetValue()) + ")"
		}
		return "optional()"
	case traits.Mapper:
		return "{" + strings.Join(entries(typed), ", ") + "}"
	case traits.Lister:
		return "[" + strings.Join(elements(typed), ", ") + "]"
	}
	return value.Type().TypeName() + "(" + text(value) + ")"
}

// quoted is the text as JSON.
func quoted(text string) string {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSpace(line.String())
}

func double(number float64) string {
	if number == math.Trunc(number) && math.Abs(number) < 1e21 {
		return strconv.FormatFloat(number, 'f', 1, 64)
	}
	return strconv.FormatFloat(number, 'e', -1, 64)
}

func elements(list traits.Lister) []string {
	texts := []string{}
	for items := list.Iterator(); items.HasNext() == types.True; {
		texts = append(texts, literal(items.Next()))
	}
	return texts
}

func entries(mapper traits.Mapper) []string {
	texts := []string{}
	for keys := mapper.Iterator(); keys.HasNext() == types.True; {
		key := keys.Next()
		texts = append(texts, literal(key)+": "+literal(mapper.Get(key)))
	}
	sort.Strings(texts)
	return texts
}

// text is what is left to tell two values of an opaque type apart, empty where there is nothing to show.
func text(value ref.Val) string {
	if quantity, ok := value.Value().(*resource.Quantity); ok {
		canonical := quantity.DeepCopy()
		// Forgets how it was written.
		canonical.Neg()
		canonical.Neg()
		return canonical.String()
	}
	if converted := value.ConvertToType(types.StringType); !types.IsError(converted) {
		return string(converted.(types.String))
	}
	switch shown := value.Value().(type) {
	case semver.Version:
		// Build metadata has no precedence.
		shown.Build = nil
		return shown.String()
	case *url.URL:
		return shown.String()
	}
	return ""
}
