/** What a probe asks, so that two probes can be compared. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';

/** `endpoint(probe, container)`: see the function of this name. */
export const PROBE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'endpoint',
    overloads: [
      {
        id: 'tidegate_endpoint_dyn_dyn',
        parameters: [DYN, DYN],
        result: STRING,
        call: (probe, container) => endpoint(probe, container),
      },
    ],
  },
];

/**
 * The handler, port and path, service or command that a probe of the container asks, as text; a port by its number where
 * the container declares its name. Empty for a probe without a handler. A command may hold a secret: not for messages.
 */
export function endpoint(probe: Value | undefined, container: Value | undefined): string {
  const { httpGet, tcpSocket, grpc, exec } = asMap(probe);
  const port = (handler: Value | undefined) => portNumber(asMap(handler)['port'], container);
  if (httpGet) return `httpGet ${port(httpGet)} ${asMap(httpGet)['path'] || '/'}`;
  if (tcpSocket) return `tcpSocket ${port(tcpSocket)}`;
  if (grpc) return `grpc ${port(grpc)} ${asMap(grpc)['service'] ?? ''}`;
  return exec ? `exec ${JSON.stringify(asMap(exec)['command'] ?? [])}` : '';
}

function portNumber(port: Value | undefined, container: Value | undefined): string {
  const { ports } = asMap(container);
  const declared = Array.isArray(ports) ? (ports as readonly Value[]).map(asMap) : [];
  const named = declared.find(({ name }) => name !== undefined && name === port);
  return String(named?.['containerPort'] ?? port ?? '');
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
