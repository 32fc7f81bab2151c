/** What is needed of Workers KV. `env.CACHE` fits, and so does a fake with these methods. */
export interface KV {
  get(key: any, options?: any): Promise<any>;
  getWithMetadata(key: any, options?: any): Promise<any>;
  put(key: string, value: any, options?: any): Promise<void>;
  delete?(key: string): Promise<void>;
  list?(options?: any): Promise<any>;
}

export interface StoreOptions {
  kv: KV;
  /** Prefix of every key. */
  namespace?: string;
  /** How far ahead a revalidation is dated, in milliseconds (1,000). */
  leadMs?: number;
  /** Bytes of hot bodies this object keeps. */
  memory?: number;
  /** Signs what `revalidate` returns as `seen`. Without it there is no `seen`. */
  secret?: string;
  /** Keeps background writes alive: `(task) => ctx.waitUntil(task)`. */
  waitUntil?(task: Promise<unknown>): void;
}

/** KV operations of one call. */
export interface Ops {
  gets: number;
  bulkGets: number;
  /** Keys read by bulk gets. */
  keys: number;
  puts: number;
  lists: number;
}

/** Seconds. */
export interface Lifetime {
  stale?: number;
  revalidate?: number;
  expire?: number;
}

export interface StoredEntry {
  status: number;
  headers: [string, string][];
  body: ReadableStream | Uint8Array;
  tags: string[];
  /** When it was made, in milliseconds. */
  created: number;
  lifetime: Lifetime;
}

export interface NewEntry {
  body: string | Uint8Array | ArrayBuffer | Blob | ReadableStream;
  status?: number;
  headers?: [string, string][] | Record<string, string> | Headers;
  /** A tag, or a tag with the moment (ms) of the oldest data under it. */
  tags?: (string | [tag: string, asOf: number])[];
  lifetime?: Lifetime;
  /** When the render of it started, in milliseconds. */
  created?: number;
}

export type GetResult =
  | { state: 'fresh' | 'stale' | 'expired'; entry: StoredEntry; ops: Ops }
  | { state: 'miss'; entry: null; ops: Ops };

export interface Store {
  /**
   * Reads an entry and judges it. `softTags` are those of the caller's route; `seen` is what `revalidate` returned to
   * whoever must see his own write.
   */
  get(key: string, options?: { softTags?: string[]; seen?: string | null }): Promise<GetResult>;
  /** Writes an entry. Never rejects because of KV: `stored` says whether it did, `reason` why not. */
  set(key: string, entry: NewEntry): Promise<{ stored: boolean; reason?: string; ops: Ops }>;
  /**
   * Expires everything under these tags now, or, with `expire`, makes it stale now and expired that many seconds from
   * now. Resolves when it is written and rejects with `code: 'REVALIDATE_FAILED'` when it could not be.
   */
  revalidate(tags: string[], options?: { expire?: number }): Promise<{ at: number; seen: string | null; ops: Ops }>;
}

export declare function createStore(options: StoreOptions): Store;
