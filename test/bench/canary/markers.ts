/** Secrets to look for, and the search for them. */
export interface Markers {
  readonly count: number;
  /** Texts too short to be told from chance are left out. */
  add(name: string, value: string): void;
  /** The names of the markers that stand in the bytes, in clear or in an encoding that anybody can undo. */
  findIn(bytes: Buffer): ReadonlySet<string>;
}

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

const shortest = 10;

/** None yet. Searching costs one look a byte, however many there are. */
export function createMarkers(): Markers {
  const values = new Set<string>();
  const starts = new Uint8Array(1 << 24);
  const needles = new Map<number, Needle[]>();
  return {
    get count() {
      return values.size;
    },
    add: (name, value) => {
      if (value.length < shortest || values.has(value)) return;
      values.add(value);
      for (const bytes of encodings(value)) {
        const start = startAt(bytes, 0);
        starts[start] = 1;
        needles.set(start, [...(needles.get(start) ?? []), { name, bytes }]);
      }
    },
    findIn: (bytes) => {
      const found = new Set<string>();
      for (let at = 0; at + shortest <= bytes.length; at += 1) {
        const start = startAt(bytes, at);
        if (starts[start] === 0) continue;
        for (const { name, bytes: needle } of needles.get(start) ?? []) {
          if (bytes.subarray(at, at + needle.length).equals(needle)) found.add(name);
        }
      }
      return found;
    },
  };
}

function startAt(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function encodings(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  const texts = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), bytes.toString('hex')];
  // Base64 depends on where in its text the value begins; the characters that mix with its neighbours are cut off.
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3));
    for (const kind of ['base64', 'base64url'] as const) texts.push(whole.toString(kind).slice(shift === 0 ? 0 : 4));
  }
  return [...new Set(texts)].filter((text) => text.length >= shortest).map((text) => Buffer.from(text));
}
