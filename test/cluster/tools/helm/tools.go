//go:build tools

// Package tools names the program, so that go.mod and go.sum hold what building it needs.
package tools

import _ "helm.sh/helm/v4/cmd/helm"
