/**
 * Generated cases are the same in each run, so that a change is told of what it broke and of nothing else.
 * `FAST_CHECK_SEED=<number>` draws others.
 */
import fc from 'fast-check';

const DEFAULT = 20_261_121;

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? DEFAULT) });
