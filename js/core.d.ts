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

/** The key of a route's entry. */
export declare function routeCacheKey(kind: string, sourceRoute: string, pathname: string): string;
