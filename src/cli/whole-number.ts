/** A flag that counts something. */
import { InvalidArgumentError } from 'commander';

/** Reads 0 or more of these; commander tells people of any other text. */
export function wholeNumber(of: string): (given: string) => number {
  return (given) => {
    if (/^\d{1,9}$/.test(given)) return Number(given);
    throw new InvalidArgumentError(`It is a number of ${of}: 0 or more.`);
  };
}
