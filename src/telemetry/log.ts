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
  /** Writes what is still in memory; the last words before an exit. */
  flush(): void;
}

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
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    isLevelEnabled: (wanted) => logger.isLevelEnabled(wanted),
    flush: () => output.flushSync(),
  };
}
