/** What a finding says. */
import type { CompiledValidation } from './compiled.ts';
import { type Evaluation, evaluate } from './evaluation.ts';

/** In bytes: celconfig.MaxEvaluatedMessageExpressionSizeBytes of the API server. */
const MAX_MESSAGE = 5 * 1024;

/**
 * The validation's messageExpression, or its message where that gives nothing usable: an error, no string, only spaces,
 * several lines, or more than 5 KiB, as the API server drops them. `item` must be bound under a forEach.
 */
export function messageOf(evaluation: Evaluation, { message, messageExpression }: CompiledValidation): string {
  if (messageExpression === undefined) return message;
  const result = evaluate(evaluation, messageExpression);
  if (typeof result !== 'string') return message;
  const text = result.trim();
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > MAX_MESSAGE ? message : text;
}
