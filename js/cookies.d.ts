/** `'next'`: cookies as Next has them where ours differ. */
export type Compat = 'next';

export interface RequestCookie {
  name: string;
  value: string;
}

/** The cookies that a request came with. `set`, `delete` and `clear` rewrite its `cookie` header. */
export declare class RequestCookies implements Iterable<[string, RequestCookie]> {
  /** Headers with a `cookie`, or its text. */
  constructor(source: Headers | string | null);
  readonly size: number;
  get(name: string | { name: string }): RequestCookie | undefined;
  getAll(name?: string | { name: string }): RequestCookie[];
  has(name: string): boolean;
  set(name: string, value: string): this;
  set(cookie: RequestCookie): this;
  delete(name: string): boolean;
  delete(names: string[]): boolean[];
  clear(): this;
  [Symbol.iterator](): MapIterator<[string, RequestCookie]>;
  toString(): string;
}

/** How long, where and for whom a cookie lasts. */
export interface CookieOptions {
  /** The paths that get the cookie: `/docs` and what is under it. `set` takes `/` where it is left out. */
  path?: string | null;
  /** The host that gets the cookie, and those under it. Left out: the host that set it, alone. */
  domain?: string | null;
  /** When the cookie ends: a Date, or milliseconds since 1970. Without this and `maxAge`: with the browser's session. */
  expires?: Date | number | null;
  /** For how many whole seconds the cookie lasts; 0 ends it now. It counts more than `expires`. */
  maxAge?: number | null;
  /** Sent over HTTPS alone. */
  secure?: boolean;
  /** Hidden from scripts. */
  httpOnly?: boolean;
  /** Whether requests from other sites carry it; `true` is `'strict'`. `'none'` needs `secure`. */
  sameSite?: boolean | 'strict' | 'lax' | 'none' | 'Strict' | 'Lax' | 'None' | null;
  /** What a browser that has too many drops first: `'low'`. */
  priority?: 'low' | 'medium' | 'high' | null;
  /** Kept apart for each site that embeds this one (CHIPS). Needs `secure`. */
  partitioned?: boolean;
}

/** Sent as text. Objects: `JSON.stringify` them. */
export type CookieValue = string | number | bigint | boolean | null | undefined;

/** A cookie as a response sets it. */
export interface ResponseCookie extends RequestCookie {
  path?: string;
  domain?: string;
  expires?: Date;
  /** Seconds. */
  maxAge?: number;
  secure?: boolean;
  httpOnly?: boolean;
  sameSite?: boolean | string;
  priority?: string;
  partitioned?: boolean;
}

/** What a browser wants of a cookie whose name begins with `__Host-` or `__Secure-`, in any case; it ignores others. */
export type PrefixRule<Name extends string> = Lowercase<Name> extends `__host-${string}`
  ? { secure: true; path: '/'; domain?: undefined }
  : Lowercase<Name> extends `__secure-${string}`
    ? { secure: true }
    : unknown;

type OptionsOf<Name extends string> =
  Lowercase<Name> extends `__host-${string}` | `__secure-${string}`
    ? [options: CookieOptions & PrefixRule<Name>]
    : [options?: CookieOptions];

/** A cookie to be set, as one object. */
export type NewCookie<Name extends string = string> = { name: Name; value?: CookieValue } & CookieOptions & PrefixRule<Name>;

/** Which cookie to delete: the path and the domain must be those it was set with. */
export type DeletedCookie = { name: string } & CookieOptions;

/** Cookies to read and to set. */
export interface CookieStore extends Iterable<[string, ResponseCookie]> {
  readonly size: number;
  get(name: string | { name: string }): ResponseCookie | undefined;
  getAll(name?: string | { name: string }): ResponseCookie[];
  has(name: string): boolean;
  set<Name extends string>(name: Name, value: CookieValue, ...options: OptionsOf<Name>): this;
  set<Name extends string>(cookie: NewCookie<Name>): this;
  delete(name: string): this;
  delete(cookie: DeletedCookie): this;
  [Symbol.iterator](): MapIterator<[string, ResponseCookie]>;
  toString(): string;
}

/** The Set-Cookie fields of a response's headers. Fields that were there stay as they are until their name is set. */
export interface ResponseCookies extends CookieStore {}
export declare class ResponseCookies {
  constructor(headers: Headers, options?: { compat?: Compat });
}

/**
 * The visitor's cookies, with what was set since. `set` and `delete` work in route handlers until they return; an empty
 * value without `maxAge` and `expires` deletes the cookie.
 */
export declare function cookies(): Promise<CookieStore>;

/** A `Cookie` text as values by name. */
export declare function parseCookie(text: string): Map<string, string>;
/** A `Set-Cookie` text. Throws `INVALID_COOKIE` for what no header can carry. */
export declare function stringifyCookie<Name extends string>(cookie: NewCookie<Name>): string;
/** The cookie that a `Set-Cookie` text sets, if it sets one. Never throws. */
export declare function parseSetCookie(line: string, options?: { compat?: Compat }): ResponseCookie | undefined;
/** Cuts `Set-Cookie` texts that were folded into one. */
export declare function splitCookiesString(folded: string): string[];
