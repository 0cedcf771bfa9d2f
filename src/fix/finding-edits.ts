/** What the fix of each finding does to the text of its file: for formats that show it beside the finding. */
import { locatorOf } from '../audit/locate.ts';
import type { GivenObject, Manifest } from '../audit/manifests.ts';
import type { ObjectOutcome, Place, Report, ReportedFinding, TextEdit } from '../report/report.ts';
import { type Rewriter, rewriterOf } from './rewrite.ts';
import { textEdit } from './text-edit.ts';

/**
 * The report with `edit` in each finding whose fix can be written into its file, read again and compared. Each is the edit
 * of one fix alone, of the file as it is. The cost grows with the text that has findings: of a document so long that
 * every fix of it would take its time, the first ones are made.
 */
export function withEdits(report: Report, manifests: readonly GivenObject[]): Report {
  const wanting = Map.groupBy(report.objects.filter(hasFix), ({ file }) => file);
  if (wanting.size === 0) return report;
  const files = Map.groupBy(manifests.filter(isManifest), ({ file }) => file);
  const places = new Map([...wanting].map(([file, objects]) => [file, placesOf(files.get(file ?? '') ?? [], objects)]));
  let opened: OpenDocument | undefined;
  const objects = report.objects.map((object) => {
    const place = hasFix(object) ? places.get(object.file)?.get(spotOf(object)) : undefined;
    if (place === undefined) return object;
    const { file, source } = place.manifest;
    if (opened?.file !== file || opened?.start !== source.start) opened = open(place.manifest);
    const document = opened;
    return { ...object, findings: object.findings.map((finding) => edited(finding, place.index, document)) };
  });
  return { ...report, objects };
}

/** A document whose fixes are being tried. */
interface OpenDocument {
  readonly file: string;
  readonly start: number;
  readonly text: string;
  readonly linesBefore: number;
  readonly rewrite: Rewriter;
  /** How many characters may still be read. */
  budget: number;
}

// A document of usual length has a dozen findings, and takes a hundredth of this. One of a thousand objects is not for eyes.
const MOST_READ = 2_000_000;

function open({ file, source, locate }: Manifest): OpenDocument {
  const { text, start, path } = source;
  const [inFile, inText] = [locate([]), locatorOf(text)(path)];
  const linesBefore = inFile.line - inText.line;
  // An edit is of whole lines, and the first one of this text is not its own where it begins further right.
  const budget = inFile.column === inText.column ? MOST_READ : 0;
  return { file, start, text, linesBefore, rewrite: rewriterOf(text), budget };
}

function edited(finding: ReportedFinding, index: number, document: OpenDocument): ReportedFinding {
  const edit = editOf(finding, index, document);
  return edit === undefined ? finding : { ...finding, edit };
}

function editOf({ fix, excepted }: ReportedFinding, index: number, document: OpenDocument): TextEdit | undefined {
  const { text, rewrite, linesBefore } = document;
  if (fix === undefined || excepted !== undefined || document.budget < text.length) return undefined;
  document.budget -= text.length;
  const result = rewrite([{ index, patch: fix }]);
  return result.ok && result.text !== text ? textEdit(text, result.text, linesBefore) : undefined;
}

function hasFix({ file, findings }: ObjectOutcome): boolean {
  return file !== undefined && findings.some(({ fix, excepted }) => fix !== undefined && excepted === undefined);
}

function isManifest(given: GivenObject): given is Manifest {
  return 'source' in given;
}

/** A manifest and its number among the objects of its document. */
interface DocumentPlace {
  readonly manifest: Manifest;
  readonly index: number;
}

/** The manifests of a file that these objects may have come from, by their spots in it. */
function placesOf(
  manifests: readonly Manifest[],
  objects: readonly ObjectOutcome[],
): ReadonlyMap<string, DocumentPlace> {
  const names = new Set(objects.map(({ kind, name }) => `${kind} ${name}`));
  const counts = new Map<number, number>();
  const places = new Map<string, DocumentPlace>();
  for (const manifest of manifests) {
    const { kind, metadata, source } = manifest;
    const index = counts.get(source.start) ?? 0;
    counts.set(source.start, index + 1);
    // To know its spot, a document is read again: only those are that may be meant. A name may be made of another field.
    const name = metadata['name'];
    if (typeof name !== 'string' || names.has(`${kind} ${name}`))
      places.set(spotOf(manifest.locate([])), { manifest, index });
  }
  return places;
}

/** No two objects of a file begin at the same character. */
function spotOf({ line, column }: Place): string {
  return `${line}:${column}`;
}
