/** What a finding says. */
import type { Result } from '../cel/value.ts';
import type { CompiledValidation } from './compiled.ts';
import { type Evaluation, evaluate } from './evaluation.ts';

/** In bytes: celconfig.MaxEvaluatedMessageExpressionSizeBytes of the API server. */
const MAX_MESSAGE = 5 * 1024;

/**
 * The validation's messageExpression, or its message where that gives nothing usable: an error, no string, only spaces,
 * several lines, or more than 5 KiB, as the API server drops them. `item` must be bound under a forEach.
 */
export function messageOf(evaluation: Evaluation, { message, messageExpression }: CompiledValidation): string {
  return messageExpression === undefined ? message : usableMessage(evaluate(evaluation, messageExpression), message);
}

/** What a messageExpression gave, where that can be shown; else the message. */
export function usableMessage(result: Result, message: string): string {
  if (typeof result !== 'string') return message;
  const text = result.trim();
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > MAX_MESSAGE ? message : text;
}
