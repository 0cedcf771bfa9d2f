/** How much is measured. `--quick` shows that every measurement works, and is no measurement: `.ci/run` wants no more. */
export const QUICK = process.argv.includes('--quick');
