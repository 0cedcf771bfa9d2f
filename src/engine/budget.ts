/** What evaluations may cost, in CEL cost units: the API server's limits (k8s.io/apiserver/pkg/apis/cel/config.go). */

/** One expression, once. */
export const COST_PER_EXPRESSION = 1_000_000;
/** All validations, variables and messages of a policy on one request; about a second on the API server. */
export const COST_PER_POLICY = 10_000_000;
/** All matchConditions of a policy on one request. */
export const COST_OF_CONDITIONS = 2_500_000;
