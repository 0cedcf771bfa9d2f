/** Longest expression that is read, in code points; the API server's. */
export const MAX_EXPRESSION_LENGTH = 100_000;

/** Deepest nesting of brackets, operators and selections; the API server's. Keeps every recursion far from the stack's end. */
export const MAX_NESTING = 250;

/** Most syntax problems that are reported of one expression. */
export const MAX_SYNTAX_ERRORS = 100;

/** Most problems of types and names that are reported of one expression; cel-go's. */
export const MAX_ISSUES = 100;
