/** Seconds; `Infinity` is allowed, missing fields come from the `default` profile. */
export interface CacheLifeProfile {
  stale?: number;
  revalidate?: number;
  expire?: number;
}
export type CacheLifeProfiles = Record<string, CacheLifeProfile>;

/** All three numbers of a profile, given by name or inline. */
export declare function resolveCacheLife(
  profile: string | CacheLifeProfile,
  profiles?: CacheLifeProfiles,
  options?: { staleTimes?: { static?: number; dynamic?: number }; expireTime?: number },
): { stale: number; revalidate: number; expire: number };

/** The text Next sends: `s-maxage=60, stale-while-revalidate=240`. */
export declare function cacheControlHeader(life: { revalidate: number | false; expire?: number }): string;

/** The tags every entry of a page has without being asked. */
export declare function implicitTags(page: string, pathname: string): string[];

export declare function validateTags(list: unknown[]): { valid: string[]; rejected: { tag: string; reason: string }[] };

/** The tags `revalidatePath` revalidates. */
export declare function revalidatePathTags(path: string, type?: 'layout' | 'page'): string[];

/** The key `unstable_cache` stores under: SHA-256 as 64 hex digits. */
export declare function unstableCacheKey(
  fnSource: string,
  keyParts: string[] | undefined,
  args: unknown[],
  prefix?: string,
): string;

/**
 * The key under which Next keeps what `fetch(input, init)` answers: SHA-256 as 64 hex digits. It holds the whole request,
 * headers and body included, but not `next`; a Request and what is said beside it are one request. A body that is a stream
 * is read, unless it is a Request's.
 *
 * ```js
 * await fetchCacheKey('https://a.com/'); // 820db13f…
 * ```
 */
export declare function fetchCacheKey(input: Request | URL | string, init?: object, prefix?: string): Promise<string>;

/** `fetchCache` of a route. */
export type FetchCache =
  | 'auto'
  | 'default-cache'
  | 'only-cache'
  | 'force-cache'
  | 'force-no-store'
  | 'default-no-store'
  | 'only-no-store';

/** What becomes of a `fetch` depends on these. */
export interface FetchOptions {
  /** `cache` of the call. */
  cache?: string | null;
  /** `next.revalidate` of the call. */
  revalidate?: number | false;
  /** Of the route; `'default-no-store'` in a Server Action, `'force-no-store'` in an `unstable_cache`. */
  fetchCache?: FetchCache;
  /** Of the route. */
  dynamic?: string;
  /** Whether `unstable_noStore` was called. */
  noStore?: boolean;
  /** Whether the request has an `authorization` or `cookie` header, or is neither GET nor HEAD. */
  personal?: boolean;
  /** `revalidate` of the page or cached function around the call, so far, where that will be kept. */
  enclosing?: number | false;
}

export interface ResolvedFetch {
  /** Seconds for which the answer counts as fresh; `false` is for ever, 0 is fetched every time. */
  revalidate: number | false;
  /** Which rule said so, in Next's words. */
  reason: string;
  /** Next's warning, where `cache` and `revalidate` contradict each other and neither counts. */
  warning?: string;
  /** The new `revalidate` of what is around the call, where it gets a smaller one. */
  lowers?: number;
  /** Whether what is around the call cannot be kept because of it. */
  dynamic: boolean;
}

/**
 * Next's option table for `fetch`, at run time. Throws Next's errors, where the options contradict the route.
 *
 * ```js
 * resolveFetch({ revalidate: 60 }).revalidate; // 60
 * resolveFetch({ revalidate: 60, fetchCache: 'force-no-store' }).revalidate; // 0
 * resolveFetch({ cache: 'no-store', revalidate: 60 }).warning; // Specified "cache: no-store" and "revalidate: 60", …
 * ```
 */
export declare function resolveFetch(options?: FetchOptions, url?: string, route?: string): ResolvedFetch;

/** The key of a route's entry. */
export declare function routeCacheKey(kind: string, sourceRoute: string, pathname: string): string;

/**
 * Whether an entry of `allowedOrigins` matches the host of an origin, as in Next. A host has its port where that is not
 * the scheme's own; `*` stands for one label, a first label `**` for one or more.
 *
 * ```js
 * isCsrfOriginAllowed('shop.example.com', ['*.example.com']); // true
 * ```
 */
export declare function isCsrfOriginAllowed(originHost: string, allowedOrigins?: readonly string[]): boolean;

/** Headers of an action request; `null` or `undefined` where there is none. */
export interface ActionRequest {
  origin?: string | null;
  host?: string | null;
  /** `X-Forwarded-Host`: it counts with `trustForwardedHost` alone. */
  forwardedHost?: string | null;
  secFetchSite?: string | null;
}

/** `allow` is the entry of `allowedOrigins` with which the request would be allowed. */
export type OriginVerdict =
  | { allowed: true; reason: 'same-origin' | 'allowed-origin' | 'no-origin' }
  | {
      allowed: false;
      reason: 'cross-origin' | 'null-origin' | 'malformed-origin' | 'cross-site' | 'no-host';
      allow?: string;
    };

/**
 * Whether a request may run an action: its `Origin` has to be the host that was asked, or one of `allowedOrigins`.
 * A request without an `Origin` may, unless `Sec-Fetch-Site` says that another site sent it.
 *
 * ```js
 * const { headers } = request;
 * const { allowed, reason, allow } = checkActionOrigin({
 *   origin: headers.get('origin'),
 *   host: headers.get('host'),
 *   secFetchSite: headers.get('sec-fetch-site'),
 *   allowedOrigins: ['*.example.com'],
 * });
 * ```
 */
export declare function checkActionOrigin(
  request: ActionRequest & {
    allowedOrigins?: readonly string[];
    /** A proxy in front sets `X-Forwarded-Host`, and nobody reaches the site around it. */
    trustForwardedHost?: boolean;
    /** `X-Forwarded-Host` comes before `Host`, and `Sec-Fetch-Site` has no say. */
    compat?: 'next';
  },
): OriginVerdict;

/**
 * The id Next's compiler gives to an exported action, or to a cached function: 42 hexadecimal digits. With neither
 * `params` nor `used`, or with a rest parameter, all arguments are sent.
 */
export declare function actionId(of: {
  /** The text of the encryption key. */
  salt: string;
  /** The path of the module, as the compiler names it. */
  file: string;
  exportName: string;
  /** How many parameters there are; an action that captures variables has one more, which comes first. */
  params?: number;
  rest?: boolean;
  /** Which parameters the function uses, instead of `params`. */
  used?: readonly boolean[];
  /** A cached function, not an action. */
  cache?: boolean;
}): string;

/**
 * Seals the captured variables of an action, as Next does: AES-GCM under a random IV, bound to the id of the action. `key`
 * is what NEXT_SERVER_ACTIONS_ENCRYPTION_KEY holds: 16, 24 or 32 bytes in base64; of several, the first one seals.
 */
export declare function encryptBoundArgs(actionId: string, text: string, key: string | readonly string[]): Promise<string>;

/**
 * Opens what {@link encryptBoundArgs} or Next has sealed, with any of the keys. Whatever is wrong with it, the error is
 * `SEALED_ARGUMENTS`.
 */
export declare function decryptBoundArgs(actionId: string, sealed: string, key: string | readonly string[]): Promise<string>;

/**
 * A signed text by which whoever carries it passes the cache by: as the cookie `__prerender_bypass` (purpose `draft`), or as the
 * header `x-prerender-revalidate` (purpose `revalidate`). Neither counts as the other.
 */
export declare function createBypassToken(options: {
  secret: string;
  /** Counts for this path and those below it alone. */
  path?: string;
  /** Seconds; a day when absent. */
  expiresIn?: number;
  purpose?: 'draft' | 'revalidate';
}): string;

/** What a token says, or `undefined` where it does not count: forged, expired, or of another purpose. Times in ms. */
export declare function verifyBypassToken(
  token: string,
  options: {
    /** Several: the current one and those before it. */
    secret: string | string[];
    /** As it stands in the URL. Left out: compare `path` yourself. */
    pathname?: string;
    purpose?: 'draft' | 'revalidate';
  },
): { id: string; issuedAt: number; expiresAt: number; path?: string } | undefined;
