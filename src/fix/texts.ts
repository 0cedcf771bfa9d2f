/** Documents of files, each changed where it stands. */
import type { Input } from '../audit/manifests.ts';
import type { Scene, SceneObject } from './scene.ts';

/** What somebody has in mind with an object, by its number in the scene. */
interface Concern {
  readonly object: number;
}

/** The inputs of the scene, `change` having been made of the text of each document that holds one of these objects. */
export function withDocuments<T extends Concern>(
  scene: Scene,
  concerns: readonly T[],
  change: (text: string, mine: readonly T[]) => string,
): readonly Input[] {
  const texts = scene.inputs.map(({ text }) => text);
  for (const { input, start, text, mine } of documentsOf(scene, concerns)) {
    const whole = texts[input] as string;
    texts[input] = whole.slice(0, start) + change(text, mine) + whole.slice(start + text.length);
  }
  // Inputs that are the same are not read again.
  return scene.inputs.map((input, at) => (texts[at] === input.text ? input : { ...input, text: texts[at] as string }));
}

interface DocumentPlace<T> {
  readonly input: number;
  readonly start: number;
  readonly text: string;
  readonly mine: readonly T[];
}

/** In each file the last document first, so that no place moves before its turn. */
function documentsOf<T extends Concern>({ objects }: Scene, concerns: readonly T[]): readonly DocumentPlace<T>[] {
  const placeOf = ({ object }: Concern): SceneObject => objects[object] as SceneObject;
  const groups = Map.groupBy(concerns, (one) => `${placeOf(one).input} ${placeOf(one).manifest.source.start}`);
  return [...groups.values()]
    .map((mine) => {
      const { input, manifest } = placeOf(mine[0] as T);
      return { input, start: manifest.source.start, text: manifest.source.text, mine };
    })
    .toSorted((a, b) => a.input - b.input || b.start - a.start);
}
