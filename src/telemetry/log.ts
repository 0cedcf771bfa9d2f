/** JSON logs, one object a line, on standard output: facts about requests, never the contents of an object. */
import { destination, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Facts beside a message; names and numbers only. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** True where a line of that level would be written: for facts that cost something to gather. */
  isLevelEnabled(level: 'debug' | 'info' | 'warn' | 'error'): boolean;
  /** Ends the log; settles when its last line is written, or nobody reads it any more. */
  close(): Promise<void>;
}

type SonicBoom = ReturnType<typeof destination>;

/** A log on the file descriptor `fd` (standard output by default). Lines are written in the background, in order. */
export function createLog(level: LogLevel, fd = 1): Log {
  // Waiting for each line would put the reader of the log into the path of every request.
  const output = destination({ fd, sync: false });
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  let unread = false;
  output.on('error', () => {
    unread = true;
  });
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    isLevelEnabled: (wanted) => logger.isLevelEnabled(wanted),
    close: () => (unread ? Promise.resolve() : ended(output)),
  };
}

// Not flushSync(): it would overtake a line that is being written in the background.
function ended(output: SonicBoom): Promise<void> {
  return new Promise((resolve) => {
    output.once('close', resolve);
    output.once('error', () => resolve());
    output.end();
  });
}
