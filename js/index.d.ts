import type { Compat, RequestCookies } from './cookies.js';
import type { CacheLifeProfile, CacheLifeProfiles, FetchCache } from './core.js';

export type { CacheLifeProfile, CacheLifeProfiles };
export * from './cookies.js';

/** The presets of Next, or the name of a profile of `createApp({ cacheLife })`. */
export type ProfileName = 'default' | 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'max' | (string & {});

export type Params = Record<string, string | string[]>;

/** The Request a storable GET handler gets: reading what belongs to the visitor makes the answer one that is not stored. */
export interface RouteRequest extends Request {
  readonly nextUrl: URL & { clone(): URL };
  readonly cookies: RequestCookies;
}

export type RouteHandler<R extends Request = any> = (
  request: R,
  context: { params: Promise<any> },
) => Response | Promise<Response>;

/** A module as in `app/posts/[id]/route.js`. */
export interface RouteModule {
  GET?: RouteHandler;
  HEAD?: RouteHandler;
  OPTIONS?: RouteHandler;
  POST?: RouteHandler;
  PUT?: RouteHandler;
  DELETE?: RouteHandler;
  PATCH?: RouteHandler;
  /** Seconds after which the answer is rendered anew; `false` is never. */
  revalidate?: number | false;
  dynamic?: 'auto' | 'force-dynamic' | 'error' | 'force-static';
  /** What `fetch` keeps where a call does not say it, or whatever it says. */
  fetchCache?: FetchCache;
  /** `false`: only what `generateStaticParams` lists exists. */
  dynamicParams?: boolean;
  generateStaticParams?(context: { params: Params }): any[] | Promise<any[]>;
  [name: string]: unknown;
}

/** What {@link serverAction} returns: the function, which a page can also call. */
export type ServerAction<F extends (...args: any[]) => any = (...args: any[]) => any> = F;

export interface ServerActionOptions {
  /** Unique in the app, and the same when code moves: `'comments:add'`. */
  id: string;
  /**
   * Bound arguments travel encrypted (AES-GCM, under `NEXT_SERVER_ACTIONS_ENCRYPTION_KEY`), and no others are believed.
   * Without it they travel in clear, as in Next, and whoever has the page can change them.
   */
  sealed?: boolean;
}

/**
 * Makes `fn` a Server Action. It can be called once it is in `createApp({ actions })`, from pages of this site: by a form
 * that holds its {@link formField}, where the last argument is the FormData, or by `callAction` of `freshtag/client`.
 * Arguments come from visitors: check them, and who is asking.
 *
 * @example
 * const addComment = serverAction(
 *   async (postId: string, form: FormData) => {
 *     await save(postId, String(form.get('text')));
 *     updateTag(`comments-${postId}`);
 *   },
 *   { id: 'comments:add' },
 * );
 * const { name, value } = await formField(addComment.bind(null, '1')); // <input type="hidden" name="…" value="…">
 */
export declare function serverAction<F extends (...args: any[]) => any>(fn: F, options: ServerActionOptions): ServerAction<F>;

/** The hidden field of a form, or the name and value of a button, that calls `action` with what was bound to it. */
export declare function formField(action: (...args: any[]) => any): Promise<{ name: string; value: string }>;

/** What `action` returned to the form whose answer this page is; undefined on every other page. */
export declare function actionState<Result = any>(action: (...args: any[]) => Result): Awaited<Result> | undefined;

export interface ServerActionsConfig {
  /** Hosts other than this one whose pages may call: `'my-proxy.com'`, `'*.my-proxy.com'`, `'**.my-proxy.com'`, ports included. */
  allowedOrigins?: string[];
  /** Bytes, or a text such as `'2mb'`. One megabyte when absent. */
  bodySizeLimit?: number | string;
  /** Compares `Origin` with `X-Forwarded-Host`: only behind a proxy that sets it. */
  trustForwardedHost?: boolean;
}

/** What an image module draws: bytes, text and streams are sent with its `contentType`. */
export type ImageBody = Response | string | Blob | ReadableStream | ArrayBuffer | ArrayBufferView;

/** One image of a module that has several. */
export interface ImageItem {
  id: string | number;
  alt?: string;
  size?: { width: number; height: number };
  contentType?: string;
}

/**
 * A module as in `app/posts/[id]/opengraph-image.js`, for a pattern that ends in `icon`, `apple-icon`, `opengraph-image` or
 * `twitter-image`, with or without a digit. Kept until a tag expires it, unless it says otherwise.
 */
export interface ImageModule {
  /** `id` is the URL's: a string, whatever `generateImageMetadata` gave. */
  default(props: { params: Promise<any>; id: Promise<string> }): ImageBody | Promise<ImageBody>;
  /** Each item is at `…/<id>`. `params` are those of the segments above. */
  generateImageMetadata?(props: { params: any }): ImageItem[] | Promise<ImageItem[]>;
  alt?: string;
  size?: { width: number; height: number };
  /** `image/png` where neither this nor the item has one. */
  contentType?: string;
  revalidate?: number | false;
  dynamic?: RouteModule['dynamic'];
  dynamicParams?: boolean;
  generateStaticParams?: RouteModule['generateStaticParams'];
  GET?: never;
  [name: string]: unknown;
}

/** A page of the app; its status is the app's to say. */
export type FallbackPage =
  | ((request: any, context: { params: Promise<any> }) => Response | Promise<Response>)
  | { default: RouteHandler }
  | { GET: RouteHandler };

export interface AppOptions {
  /** The Server Actions that pages may call: an array, or a module that exports nothing else. */
  actions?: readonly ServerAction[] | Record<string, ServerAction>;
  serverActions?: ServerActionsConfig;
  /** Modules by pattern: `/posts/[id]`, `/docs/[...rest]`, `/shop/[[...rest]]`, `/(group)/about`. */
  routes?: Record<string, RouteModule | ImageModule>;
  /** Answers `notFound()`, what `dynamicParams: false` leaves out, and, without an origin, paths that no route has. */
  notFound?: FallbackPage;
  /** Answers `forbidden()`. */
  forbidden?: FallbackPage;
  /** Answers `unauthorized()`. */
  unauthorized?: FallbackPage;
  /** Address that answers what no route does; `env.ORIGIN` when absent. */
  origin?: string;
  cacheLife?: CacheLifeProfiles;
  staleTimes?: { static?: number; dynamic?: number };
  /** Seconds after which a stored answer is never served, where nothing else says it (one year). */
  expireTime?: number;
  /** Prefix of every key; `env.FRESHTAG_NAMESPACE` when absent. */
  namespace?: string;
  /** Separates the cached data of builds; the Worker's version when absent and known. */
  buildId?: string;
  /** Opens the admin routes and signs cookies; `env.FRESHTAG_SECRET` when absent. There is no default. */
  secret?: string;
  /** The secret before this one: what it has signed still counts. `env.FRESHTAG_SECRET_PREVIOUS` when absent. */
  previousSecret?: string;
  /**
   * Opens `/_freshtag/draft/enable?secret=…&path=…`, a link that begins draft mode; `env.FRESHTAG_DRAFT_SECRET` when absent. It stands in
   * links, so it must not be `secret`.
   */
  draftSecret?: string;
  /**
   * With `compat: 'next'`: draft mode and on-demand revalidation by this one text, as Next has it, in the place of signed tokens.
   * `env.__NEXT_PREVIEW_MODE_ID` when absent.
   */
  previewModeId?: string;
  /** Puts {@link fetch} in the place of the global one, for the code of this app. */
  patchFetch?: boolean;
  /**
   * What is written under `wrangler dev` (`FRESHTAG_DEV=1`): with `fetches`, a line for each `fetch`, with its whole address
   * if `fullUrl`. Without it, warnings alone; with `false`, nothing.
   */
  logging?: false | { fetches?: boolean | { fullUrl?: boolean } };
  leadMs?: number;
  /** Bytes of hot bodies an isolate keeps. */
  memory?: number;
  /** Largest body that is stored. */
  maxEntryBytes?: number;
  /** What origin answers do not say of themselves, by path pattern; the first that matches counts. */
  originRules?: OriginRule[];
  /** `'next'`: cookies, and the statuses and origin check of Server Actions, as Next has them where ours differ (docs/differences.md). */
  compat?: Compat;
  /**
   * Takes the cookies of a middleware from `x-middleware-set-cookie`. Only where no visitor can send that header himself: a Worker
   * before this one drops it from what comes in.
   */
  trustMiddleware?: boolean;
}

export interface OriginRule {
  /** A path, with at most one `*`, which stands for anything. */
  match: string;
  /**
   * Lifetime, in the place of what the answer says: the switch for caching without explicit freshness. For 200, 203, 204, 300, 301, 308,
   * 404 and 410; an answer that forbids storing is not stored.
   */
  life?: ProfileName | CacheLifeProfile;
  /** Tags beside those of `Cache-Tag`. */
  tags?: string[];
  /** Request fields on which the pages depend, beside those of `Vary`. */
  vary?: string[];
  /** The parameters of the query that count, as their names stand in the URL. GET and HEAD reach the origin with these alone. All of them when absent. */
  query?: string[];
}

export interface App {
  /** The ids of the Server Actions that can be called, as {@link serverAction} was given them. */
  readonly actions: readonly string[];
  fetch(request: Request, env?: any, ctx?: { waitUntil(task: Promise<unknown>): void }): Promise<Response>;
}

/** A Worker's fetch handler: `export default createApp({ routes })`. */
export declare function createApp(options?: AppOptions): App;

/**
 * Stores the result of `fn` under `id` and its arguments: the run-time form of `'use cache'`. Functions and other opaque
 * arguments pass through by position and are no part of the key.
 */
export declare function cached<A extends any[], R>(
  fn: (...args: A) => R,
  options: { id: string; shared?: boolean },
): (...args: A) => Promise<Awaited<R>>;

/** The options of {@link fetch}. */
export interface FetchInit extends Omit<RequestInit, 'cache'> {
  /** `force-cache` keeps the answer until a tag expires it, `no-store` does not, and neither is what holds it. */
  cache?: 'default' | 'force-cache' | 'no-store' | 'no-cache' | 'reload' | 'only-if-cached';
  next?: {
    /** Seconds for which the answer counts as fresh; `false` is for ever, 0 is never. */
    revalidate?: number | false;
    /** What `revalidateTag` calls it by. */
    tags?: string[];
  };
}

/**
 * The platform's `fetch`, with Next's options: what it answers with 200 can be kept, and a page made of it takes its tags and
 * its lifetime. The same GET is sent once for a page. Outside of a request it is the platform's alone.
 *
 * @example
 * const response = await fetch('https://api.example.com/posts', { next: { revalidate: 60, tags: ['posts'] } });
 */
export declare function fetch(input: Request | URL | string, init?: FetchInit): Promise<Response>;

/** Memoises `fn` for one request. Errors are remembered too. */
export declare function cache<F extends (...args: any[]) => any>(fn: F): F;

/** Stores the result of `fn` as JSON. */
export declare function unstable_cache<F extends (...args: any[]) => Promise<any>>(
  fn: F,
  keyParts?: string[],
  options?: { revalidate?: number | false; tags?: string[] },
): F;

/** How long the result of the enclosing cached function lives. */
export declare function cacheLife(profile: ProfileName | CacheLifeProfile): void;
/** Tags for the result of the enclosing cached function. */
export declare function cacheTag(...tags: string[]): void;
/** @deprecated Use `cacheLife`. */
export declare function unstable_cacheLife(profile: ProfileName | CacheLifeProfile): void;
/** @deprecated Use `cacheTag`. */
export declare function unstable_cacheTag(...tags: string[]): void;
/** The enclosing render is not stored. */
export declare function unstable_noStore(): void;

/**
 * Next's is void. Awaited: written at once, rejects with `code: 'REVALIDATE_FAILED'` when it could not be. Not awaited:
 * written when the handler has returned, and the response waits for it.
 */
export declare function revalidateTag(tag: string, profile: ProfileName | { expire?: number }): Promise<void>;
/** @deprecated Without a profile the tag expires at once. Pass `'max'`, or use `updateTag` in a Server Action. */
export declare function revalidateTag(tag: string): Promise<void>;
/** Server Actions only: the tag expires at once. */
export declare function updateTag(tag: string): Promise<void>;
export declare function revalidatePath(path: string, type?: 'layout' | 'page'): Promise<void>;
/** Server Actions only. */
export declare function refresh(): void;

export type ReadonlyHeaders = Omit<Headers, 'append' | 'delete' | 'set'>;
export declare function headers(): Promise<ReadonlyHeaders>;

export interface DraftMode {
  /** Reading it makes no page dynamic. */
  readonly isEnabled: boolean;
  /** From here on this request passes the cache by, and so do those that bring its cookie. Needs `secret`. */
  enable(): void;
  disable(): void;
}
/** Whether this visitor sees drafts. */
export declare function draftMode(): Promise<DraftMode>;

/** What follows needs a real request: the render is not stored. */
export declare function connection(): Promise<void>;
/** Work that the visitor does not wait for. A function starts when the response body has ended. */
export declare function after(task: PromiseLike<unknown> | (() => unknown)): void;

/** Ends the handler with 404, and the app's `notFound` page where it has one. Throws: do not catch it. */
export declare function notFound(): never;
/** Ends the handler with 403, and the app's `forbidden` page where it has one. */
export declare function forbidden(): never;
/** Ends the handler with 401, and the app's `unauthorized` page where it has one. */
export declare function unauthorized(): never;
export declare const RedirectType: { readonly push: 'push'; readonly replace: 'replace' };
export type RedirectType = 'push' | 'replace';
/** Ends the handler with 307, or 303 after a form. `type` is `push` in a Server Action, else `replace`. */
export declare function redirect(url: string | URL, type?: RedirectType): never;
/** Ends the handler with 308, or 303 after a form. */
export declare function permanentRedirect(url: string | URL, type?: RedirectType): never;
/** For a `catch`: throws again what ended the handler, and returns for every other error. */
export declare function unstable_rethrow(error: unknown): void;

export interface ImageEntry {
  kind: 'icon' | 'apple' | 'openGraph' | 'twitter';
  /** A path for icons, a whole URL for the others. */
  url: string;
  type: string;
  /** Of icons: `32x32`. */
  sizes?: string;
  width?: number;
  height?: number;
  alt?: string;
}
/** The images of the running route: of each kind those of the deepest segment that has some. */
export declare function imageMetadata(): Promise<ImageEntry[]>;
/** The same as `meta` and `link` elements, escaped. */
export declare function imageTags(): Promise<string>;

/** Writing `object` into a cache, or sending it to a client, throws `message`. Copies are not tainted. */
export declare function experimental_taintObjectReference(message: string | undefined, object: object): void;
/** The same for a value, wherever it came from, for as long as `lifetime` is in memory. */
export declare function experimental_taintUniqueValue(
  message: string | undefined,
  lifetime: object,
  value: string | bigint | ArrayBufferView,
): void;

/** `code` is stable, the message names the fix. */
export declare class FreshtagError extends Error {
  constructor(code: string, message: string, options?: { cause?: unknown });
  readonly code: string;
}
