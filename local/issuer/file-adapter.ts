import type { Adapter, AdapterPayload } from 'oidc-provider';
import * as z from 'zod';
import { readJsonFile, writeWhole } from '../data-folder.ts';

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number | null;
}

const fileSchema = z.record(z.string(), z.object({ payload: z.looseObject({}), expiresAtMs: z.number().nullable() }));

/** Sessions, grants and codes of the issuer, in memory and in one file: a restart signs nobody out. */
export class IssuerStore {
  private readonly entries: Map<string, Entry>;
  private writing: NodeJS.Immediate | undefined;

  constructor(private readonly path: string) {
    this.entries = new Map(Object.entries(readJsonFile(path, fileSchema) ?? {}));
  }

  get(key: string): AdapterPayload | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs === null || entry.expiresAtMs > Date.now()) return entry.payload;
    this.entries.delete(key);
    return undefined;
  }

  set(key: string, payload: AdapterPayload, expiresInSeconds: number | undefined): void {
    this.entries.set(key, { payload, expiresAtMs: expiresInSeconds ? Date.now() + expiresInSeconds * 1_000 : null });
    this.writeSoon();
  }

  delete(key: string): void {
    if (this.entries.delete(key)) this.writeSoon();
  }

  /** Keys of one model whose payload fits. */
  keysWhere(model: string, fits: (payload: AdapterPayload) => boolean): string[] {
    return [...this.entries]
      .filter(([key, { payload }]) => key.startsWith(`${model}:`) && fits(payload))
      .map(([key]) => key);
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  flush(): void {
    clearImmediate(this.writing);
    this.writing = undefined;
    for (const key of this.keys()) this.get(key);
    writeWhole(this.path, JSON.stringify(Object.fromEntries(this.entries)), 0o600);
  }

  /** Before anybody hears of the changes, many of them in one. */
  private writeSoon(): void {
    this.writing ??= setImmediate(() => this.flush());
  }
}

/** What oidc-provider asks of a store, for one of its models. */
export class FileAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly store: IssuerStore,
  ) {}

  private key(id: string): string {
    return `${this.model}:${id}`;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    this.store.set(this.key(id), payload, expiresIn);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.store.get(this.key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const [key] = this.store.keysWhere(this.model, (payload) => payload.uid === uid);
    return key === undefined ? undefined : this.store.get(key);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const [key] = this.store.keysWhere(this.model, (payload) => payload.userCode === userCode);
    return key === undefined ? undefined : this.store.get(key);
  }

  async consume(id: string): Promise<void> {
    const payload = this.store.get(this.key(id));
    if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
  }

  async destroy(id: string): Promise<void> {
    this.store.delete(this.key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const key of this.store.keys()) {
      if (this.store.get(key)?.grantId === grantId) this.store.delete(key);
    }
  }
}
