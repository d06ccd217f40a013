import * as z from 'zod';
import type { TextRef } from '../domain/escalation/vocabulary.ts';
import { sha256 } from '../contracts/ids.ts';
import type { Store } from './client.ts';
import { escalationPartition, keys, textPrefix, type ItemKey } from './keys.ts';
import { getItems, putIfAbsent, queryItems, updateItem, type RawItem } from './requests.ts';

/** What a text is to its escalation. */
export const textKinds = ['title', 'body', 'note', 'reason', 'update', 'summary', 'rca'] as const;
export type TextKind = (typeof textKinds)[number];

/** Free text and personal data: kept beside the log, where it can be erased without touching a sequence or a verdict. */
export interface NewText {
  readonly id: string;
  readonly kind: TextKind;
  readonly text: string;
}

const textItem = z.object({
  sk: z.string(),
  kind: z.enum(textKinds),
  text: z.string(),
  hash: z.string(),
  erasedAtMs: z.number().int().optional(),
});

export interface StoredText {
  readonly id: string;
  readonly kind: TextKind;
  /** null once erased. */
  readonly text: string | null;
  /** SHA-256 of the text in hex; stays when the text is erased. */
  readonly hash: string;
  readonly erasedAtMs: number | null;
}

/** What an event carries in place of the text. */
export function textRefOf(text: NewText): TextRef {
  return { id: text.id, hash: sha256(text.text) };
}

export function textItemOf(escalationId: string, text: NewText): RawItem & ItemKey {
  return { ...keys.text(escalationId, text.id), kind: text.kind, text: text.text, hash: sha256(text.text) };
}

function textFrom(item: RawItem): StoredText {
  const parsed = textItem.parse(item);
  const erasedAtMs = parsed.erasedAtMs ?? null;
  return {
    id: parsed.sk.slice(textPrefix.length),
    kind: parsed.kind,
    text: erasedAtMs === null ? parsed.text : null,
    hash: parsed.hash,
    erasedAtMs,
  };
}

/** Puts a text before the command that names it is sent. One that is there already, erased or not, stays. */
export async function putText(store: Store, escalationId: string, text: NewText): Promise<TextRef> {
  await putIfAbsent(store, textItemOf(escalationId, text));
  return textRefOf(text);
}

/** The texts that exist, by id; a consistent read. */
export async function readTexts(
  store: Store,
  escalationId: string,
  textIds: readonly string[],
): Promise<ReadonlyMap<string, StoredText>> {
  const wanted = [...new Set(textIds)].map((id) => keys.text(escalationId, id));
  const items = await getItems(store, wanted, true);
  return new Map(items.map((item) => textFrom(item)).map((text) => [text.id, text]));
}

/** Every text of an escalation, in the order of their ids. */
export async function listTexts(store: Store, escalationId: string): Promise<readonly StoredText[]> {
  const { items } = await queryItems(store, {
    partition: escalationPartition(escalationId),
    sort: { kind: 'prefix', prefix: textPrefix },
    consistent: true,
  });
  return items.map((item) => textFrom(item));
}

/**
 * Erases a text, and the copy of it if it is the title; its hash stays. Once more changes nothing.
 * @returns whether there was something to erase
 */
export async function eraseText(store: Store, escalationId: string, textId: string, nowMs: number): Promise<boolean> {
  const erased = await updateItem(store, {
    key: keys.text(escalationId, textId),
    change: { text: 'SET #text = :none, #erasedAtMs = :now', values: { ':none': '', ':now': nowMs } },
    condition: { text: 'attribute_exists(#text) AND attribute_not_exists(#erasedAtMs)' },
    returnNew: true,
    returnOld: true,
  });
  if (erased.item === null) return false;
  // Also after an earlier attempt that stopped half-way.
  if (textFrom(erased.item).kind === 'title') await eraseTitle(store, escalationId, nowMs);
  return erased.kind === 'written';
}

async function eraseTitle(store: Store, escalationId: string, nowMs: number): Promise<void> {
  await updateItem(store, {
    key: keys.head(escalationId),
    change: { text: 'SET #te = :now REMOVE #title', values: { ':now': nowMs } },
    condition: { text: 'attribute_not_exists(#te)' },
  });
}

/**
 * Gives a head its copy of the title: done by intake and by who adopts what intake left.
 * @returns false when there is no head yet, it has its title, or the title was erased
 */
export async function copyTitle(store: Store, escalationId: string, title: string): Promise<boolean> {
  const copied = await updateItem(store, {
    key: keys.head(escalationId),
    change: { text: 'SET #title = :title', values: { ':title': title } },
    condition: { text: 'attribute_exists(#seq) AND attribute_not_exists(#title) AND attribute_not_exists(#te)' },
  });
  return copied.kind === 'written';
}
