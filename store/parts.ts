import * as z from 'zod';
import type { Store } from './client.ts';
import { StoreError } from './errors.ts';
import { keys, partPrefix } from './keys.ts';
import { putIfAbsent, queryItems, type RawItem } from './requests.ts';

/** A document of any length in items of its own, for an item holds 400 KB at most. */
const partBytes = 350_000;

const partItem = z.object({ sk: z.string(), parts: z.number().int().positive(), text: z.instanceof(Uint8Array) });

/** Puts a text in parts under one partition, where it stays unchanged; putting it again changes nothing. */
export async function putParts(store: Store, partition: string, text: string, beside: RawItem = {}): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const parts = Math.max(1, Math.ceil(bytes.byteLength / partBytes));
  // The first part goes last: who finds it finds them all.
  for (let part = parts - 1; part >= 0; part -= 1) {
    await putIfAbsent(store, {
      ...keys.part(partition, part),
      ...(part === 0 ? beside : {}),
      parts,
      text: bytes.slice(part * partBytes, (part + 1) * partBytes),
    });
  }
}

/**
 * The text under a partition.
 * @returns null when there is none, or its first part has not been written yet
 * @throws StoreError internal when a part is missing
 */
export async function readParts(store: Store, partition: string): Promise<string | null> {
  const { items } = await queryItems(store, {
    partition,
    sort: { kind: 'prefix', prefix: partPrefix },
    consistent: true,
  });
  const parts = items.map((item) => partItem.parse(item));
  const first = parts[0];
  if (first === undefined || first.sk !== keys.part(partition, 0).sk) return null;
  if (parts.length !== first.parts) throw new StoreError('internal', `the document ${partition} has lost a part`);
  return Buffer.concat(parts.map((part) => part.text)).toString('utf8');
}
