/** What `helm template` notes before each object: the template of the chart that it was rendered from. */

// It is the first line after the marker.
const HEAD = 1000;

/** The path of the template in the chart, as the comment in the text of a document says it; undefined without one. */
export function templateIn(document: string): string | undefined {
  return /^# Source: (\S.*?)\s*$/m.exec(document.slice(0, HEAD))?.[1];
}
