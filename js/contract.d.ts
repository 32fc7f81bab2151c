// What the wasm module exports, as the glue uses it. The rules live there; nothing here decides anything.

/** HTTP headers as `name: value\n` lines. */
export type Block = string;
/** The body of an answer that is not stored is the Response it came in. */
export type Reply = [
  status: number,
  headers: Block,
  body: ReadableStream | Blob | Uint8Array | Response | null,
  log: string | undefined,
  /** Until when anybody gets this, in ms, as long as the engine's epoch is the same, and what the store has if that was asked. */
  until?: number,
];
/** A value of the store. */
export type Found = { value: ReadableStream | null; metadata: any };
/** What was read of a key, and how to ask for it again. */
export type Read = { kv: object; key: string; metadata: any; ask: () => Promise<Found> };
/** A read that was begun before the module was asked. */
export type Begun = { key: string; asked: Promise<Found> };
/** `live`: a visitor waits; the other two see a bare GET. */
export type How = 'live' | 'refresh' | 'prerender';
export type Render = (how: How, visit: Visit, collector: Collector) => Promise<Response>;
export type OriginFetch = (how: How, headers: Block, search: string) => Promise<Response>;
export type Defer = (task: Promise<unknown>) => void;
export type Rejected = { tag: string; reason: string };
export type Verdict = 'run' | 'head' | 'options' | 'not-allowed' | 'bad';

export interface DataSpec {
  /** Of a fetch, `id` is the address for listings and `args` the digest of the request. */
  kind: 'cached' | 'fetch' | 'unstable';
  id: string;
  args: string;
  life?: unknown;
  tags?: unknown[];
  revalidate?: number | false;
  /** Stored results are passed by, the new one is kept (UN-4). */
  fresh?: boolean;
  shared?: boolean;
  name?: string;
}
export type DataRender = (visit: Visit, collector: Collector) => Promise<{ value: unknown; bytes: Uint8Array | null }>;
/** Status and headers are those of a fetch. */
export type DataResult =
  | ['value', any]
  | ['stored', ReadableStream | Blob | Uint8Array, status: number, headers: Block];

export interface EngineConfig {
  namespace?: string;
  leadMs?: number;
  memory?: number;
  cacheLife?: object;
  staleTimes?: object;
  expireTime?: number;
  secret?: string;
  previousSecret?: string;
  draftSecret?: string;
  previewModeId?: string;
  buildId?: string;
  dev?: boolean;
  debug?: boolean;
  maxEntryBytes?: number;
  routes: { pattern: string; methods: string[]; revalidate?: number | false; dynamic?: string }[];
  originRules?: { match: string; life?: string | object; tags?: string[]; vary?: string[]; query?: string[] }[];
}

export interface Engine {
  /** Another number whenever something has become known that could change an answer. */
  epoch(): number;
  /** An entry was read without the engine, which counts that. */
  looked(): void;
  matchRoute(pathname: string): number;
  routeParams(pathname: string): Record<string, string | string[]>;
  method(index: number, method: string): [verdict: Verdict, allow: string];
  /** `begun` may be the read that is needed. */
  visit(cookie: string | undefined, pathname: string | undefined, defer: Defer, begun?: Begun): Visit;
  /** `[307, path, cookie value]`, or `[status, json]` of a refusal. */
  draftLink(method: string, pathname: string, search: string, requestHeaders: Block): [status: number, text: string, value?: string];
  route(
    visit: Visit,
    index: number,
    method: string,
    authority: string,
    pathname: string,
    ifNoneMatch: string | undefined,
    prerender: boolean,
    render: Render,
  ): Promise<Reply>;
  origin(
    visit: Visit,
    method: string,
    authority: string,
    pathname: string,
    search: string,
    requestHeaders: Block,
    fetch: OriginFetch,
  ): Promise<Reply>;
  data(visit: Visit, outer: Collector, spec: DataSpec, render: DataRender | OriginFetch): Promise<DataResult>;
  commit(visit: Visit, id: number): Promise<void>;
  settle(visit: Visit): Promise<void>;
  adminCheck(method: string, pathname: string, requestHeaders: Block): [status: number, json: string] | undefined;
  admin(
    visit: Visit,
    method: string,
    pathname: string,
    search: string,
    requestHeaders: Block,
    body: string,
  ): Promise<[status: number, json: string]>;
  /** What the names of entries begin with: ours, or those of another format, which is a digit. */
  entriesPrefix(format?: string): string;
  showEntry(name: string, header: string): string;
  /** Why a sweep may take an entry away, if it may. */
  maySweep(name: string, metadata: string): string | undefined;
  storeGet(visit: Visit, key: string, softTags: string[] | undefined, seen: string | undefined): Promise<any>;
  storeSet(visit: Visit, key: string, value: object): Promise<any>;
  storeRevalidate(visit: Visit, tags: string[], expire: number | undefined): Promise<any>;
  free(): void;
}

export interface Visit {
  recordTag(tag: unknown, profile: unknown): number;
  recordPath(path: unknown, type: unknown): { id: number; warning?: string };
  /** A scope for code outside of any render that could be kept: a POST, an `after` task. */
  detached(): Collector;
  seenCookie(): string | undefined;
  isDraft(): boolean;
  /** Whether it is or was in draft mode. */
  wasDraft(): boolean;
  setDraft(on: boolean): void;
  draftToken(): string;
  /** Makes this the visit of a request that makes its page anew, if the token proves that it may. */
  demand(token: string, pathname: string, ifStored: boolean): boolean;
  free(): void;
}

export interface Collector {
  life(profile: unknown): void;
  tags(list: unknown[]): Rejected[];
  /** Lowers `revalidate` by an input's, and tells what all inputs have made of it. */
  lower(seconds: number | undefined): number;
  dynamic(reason: string): void;
  isDynamic(): string | undefined;
  free(): void;
}

/** `flags`: 1 `force-dynamic`, 2 `force-static`, 4 `unstable_noStore()`, 8 personal. A text names a misuse. */
export declare function resolveFetch(
  cache: string,
  revalidate: unknown,
  mode: string,
  flags: number,
  enclosing: number | undefined,
): string | [seconds: number, reason: string, conflict: boolean, lowers: number | undefined, dynamic: boolean];

/** A Set-Cookie text as fields, present ones alone; `expires` in ms since the epoch, `maxAge` in seconds. */
export interface ParsedSetCookie {
  name: string;
  value: string;
  path?: string;
  domain?: string;
  expires?: number;
  maxAge?: number;
  sameSite?: string;
  priority?: string;
  secure?: true;
  httpOnly?: true;
  partitioned?: true;
}
/** `flags`: 1 is secure, 2 httpOnly, 4 partitioned. Throws `INVALID_COOKIE`. */
export declare function printSetCookie(
  name: string,
  value: string,
  path: string | undefined,
  domain: string | undefined,
  expires: number | undefined,
  maxAge: number | undefined,
  sameSite: string | undefined,
  priority: string | undefined,
  flags: number,
): string;
export declare function parseSetCookie(line: string): ParsedSetCookie | undefined;
export declare function splitCookiesString(folded: string): string[];

/** The compiled list of `allowedOrigins`. */
export declare class AllowedOrigins {
  constructor(patterns: string[]);
  allows(originHost: string): boolean;
  /** The verdict by its number; `trust`: 0 is the host alone, 1 a proxy, 2 as in Next. */
  check(
    origin: string | undefined,
    host: string | undefined,
    forwardedHost: string | undefined,
    secFetchSite: string | undefined,
    trust: number,
  ): number;
  free(): void;
}
export declare function originEntry(origin: string): string | undefined;
/** 0: none; 1: it never matches; 2: it is too wide. */
export declare function originDoubt(pattern: string): number;
/** `used`: a byte for each argument; all are without it. */
export declare function actionId(
  salt: string,
  file: string,
  exportName: string,
  used: Uint8Array | undefined,
  cache: boolean,
): string;
