import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { liveThrough } from './canary/live-through.ts';
import { createMarkers } from './canary/markers.ts';
import type { Markers } from './canary/markers.ts';
import { placesOf } from './canary/places.ts';
import { openSandbox } from './canary/sandbox.ts';
import { BrokenPromise, defineBench, type Progress } from './runner/bench.ts';

/** Whether any secret of a whole life of all platforms stands anywhere but in the sealed fields. */
export const bench = defineBench({
  name: 'canary',
  about: 'Follows every secret through a whole environment: none stands anywhere but in the sealed fields.',
  options: z.strictObject({
    only: z.string().optional().describe('one platform; all unless given'),
  }),
  run: async ({ only }, progress) => {
    progress('bringing an environment up');
    const sandbox = await openSandbox();
    try {
      const markers = createMarkers();
      await liveThrough(sandbox, markers, { progress, only });
      const searched = await search(markers, placesOf(sandbox), progress);
      // They keep the app's secret in clear, as the platforms would: whoever does not find it there cannot search.
      const memory = markers.findIn(await readFile(sandbox.home.simulators)).size;
      if (memory === 0) throw new Error("The search finds nothing even in the simulators' own memory.");
      const control = { place: "simulators.json: the platforms' own memory, not ours", excluded: true, found: memory };
      const hits = searched.reduce((sum, { found }) => sum + found.length, 0);
      const figures = { markers: markers.count, places: [...searched, control], hits };
      if (hits > 0) throw new BrokenPromise('a secret stands in the open', figures);
      return figures;
    } finally {
      await sandbox.close();
    }
  },
});

interface Searched {
  readonly place: string;
  readonly bytes: number;
  /** The names of what was found. */
  readonly found: readonly string[];
}

async function search(markers: Markers, places: ReturnType<typeof placesOf>, progress: Progress): Promise<Searched[]> {
  const searched: Searched[] = [];
  for (const { place, read } of places) {
    const contents = await read();
    const bytes = contents.reduce((sum, { length }) => sum + length, 0);
    if (bytes === 0) throw new Error(`There is nothing to search in ${place}.`);
    const found = new Set(contents.flatMap((content) => [...markers.findIn(content)]));
    progress(`${place}: ${String(bytes)} bytes, ${String(found.size)} hits`);
    searched.push({ place, bytes, found: [...found] });
  }
  return searched;
}
