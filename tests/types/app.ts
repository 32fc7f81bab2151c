// The public API as a Worker uses it. Compiled, never run.
import {
  after,
  cache,
  cached,
  cacheLife,
  cacheTag,
  connection,
  type CookieOptions,
  cookies,
  createApp,
  draftMode,
  experimental_taintObjectReference,
  experimental_taintUniqueValue,
  fetch,
  forbidden,
  FreshtagError,
  headers,
  type ImageEntry,
  imageMetadata,
  type ImageModule,
  imageTags,
  notFound,
  parseCookie,
  parseSetCookie,
  permanentRedirect,
  redirect,
  RedirectType,
  refresh,
  RequestCookies,
  ResponseCookies,
  revalidatePath,
  revalidateTag,
  type RouteModule,
  type RouteRequest,
  splitCookiesString,
  stringifyCookie,
  unauthorized,
  unstable_cache,
  unstable_noStore,
  unstable_rethrow,
  updateTag,
} from 'freshtag';

interface Post {
  id: string;
  title: string;
}

const getPost = cached(
  async (id: string): Promise<Post | null> => {
    cacheLife('blog');
    cacheLife({ stale: 30, revalidate: 60, expire: Infinity });
    cacheTag('posts', `post-${id}`);
    return { id, title: 'A post' };
  },
  { id: 'post', shared: true },
);
const post: Promise<Post | null> = getPost('1');
// A function that is not async becomes so.
const sum: Promise<number> = cached((a: number, b: number) => a + b, { id: 'sum' })(1, 2);
// @ts-expect-error: arguments keep their types
getPost(1);
// @ts-expect-error: an id is needed
cached(async () => 1);
// @ts-expect-error: tags are variadic, not a list (TG-7)
cacheTag(['posts']);
// @ts-expect-error: seconds are numbers (CL-6)
cacheLife({ revalidate: '60' });

const kept: Promise<Response> = fetch('https://api.test/', { cache: 'force-cache', next: { revalidate: 60, tags: ['posts'] } });
const sent: Promise<Response> = fetch(new URL('https://api.test/'), { method: 'POST', body: new Uint8Array(2), headers: { a: '1' }, next: { revalidate: false } });
// @ts-expect-error: tags are a list
fetch('https://api.test/', { next: { tags: 'posts' } });
// @ts-expect-error: no such cache
fetch('https://api.test/', { cache: 'always' });

const quote: Promise<string> = unstable_cache(async (n: number) => `quote ${n}`, ['quote'], { revalidate: 5, tags: ['q'] })(1);
unstable_cache(async () => 1, undefined, { revalidate: false });
// @ts-expect-error: unstable_cache takes a function that returns a promise
unstable_cache(() => 1);
const length: number = cache((text: string) => text.length)('text');

const posts = {
  revalidate: 60,
  dynamic: 'error',
  dynamicParams: false,
  generateStaticParams: async () => [{ id: '1' }],
  async GET(request: RouteRequest, { params }: { params: Promise<{ id: string }> }) {
    const { id } = await params;
    const search: string = request.nextUrl.search;
    const session: string | undefined = request.cookies.get('session')?.value;
    unstable_noStore();
    return Response.json({ id, search, session });
  },
  async POST(request: Request) {
    const written: Promise<void> = revalidateTag('posts', 'max');
    await written;
    await revalidateTag('posts', { expire: 60 });
    await revalidatePath('/posts/[id]', 'page');
    await updateTag('posts');
    refresh();
    after(async () => console.log(request.url));
    after(fetch('https://example.com'));
    return new Response((await headers()).get('user-agent'));
  },
} satisfies RouteModule;
// @ts-expect-error: only page and layout are types of a path
revalidatePath('/', 'route');

async function dynamic() {
  await connection();
  const store = await cookies();
  for (const [name, { value }] of store) console.log(name, value, store.size);
  const draft: boolean = (await draftMode()).isEnabled;
  // @ts-expect-error: headers() is read-only (WK-6)
  (await headers()).set('a', 'b');
  return draft;
}

const host = { secure: true, path: '/' } as const;
async function setCookies(name: string, options: CookieOptions) {
  const store = await cookies();
  store.set('theme', 'dark').set('count', 1, { maxAge: 60, expires: Date.now(), sameSite: 'Lax', priority: 'low' });
  store.set({ name: 'theme', value: 'dark', httpOnly: true, sameSite: true, partitioned: true, expires: new Date() });
  store.set(name, 'any', options).delete('theme').delete({ name, path: '/docs', domain: 'example.com' });
  store.set('__Host-id', '1', { ...host, httpOnly: true }).set({ name: '__Host-id', value: '1', ...host }).delete('__Host-id');
  store.set('__Secure-id', '1', { secure: true, domain: 'example.com' }).set({ name: '__secure-id', value: '1', secure: true });
  // @ts-expect-error: __Host- without its attributes
  store.set('__Host-id', '1');
  // @ts-expect-error: __Host- without a path
  store.set('__Host-id', '1', { secure: true });
  // @ts-expect-error: __Host- on a path
  store.set('__Host-id', '1', { secure: true, path: '/docs' });
  // @ts-expect-error: __Host- with a domain
  store.set('__Host-id', '1', { ...host, domain: 'example.com' });
  // @ts-expect-error: a prefix counts in any case
  store.set('__host-id', '1', { path: '/' });
  // @ts-expect-error: __Host- as an object, not secure
  store.set({ name: '__Host-id', value: '1', path: '/' });
  // @ts-expect-error: __Secure- without its attribute
  store.set('__Secure-id', '1');
  // @ts-expect-error: __Secure- that is not
  store.set('__Secure-id', '1', { secure: false });
  // @ts-expect-error: __Secure- as an object, not secure
  store.set({ name: '__SECURE-id', value: '1' });
  // @ts-expect-error: seconds are a number
  store.set('a', '1', { maxAge: '60' });
  // @ts-expect-error: a date is not a text
  store.set('a', '1', { expires: 'tomorrow' });
  // @ts-expect-error: a value that is not JSON.stringified
  store.set('a', { b: 1 });
  // @ts-expect-error: a word that no browser knows
  store.set('a', '1', { sameSite: 'maybe' });
  // @ts-expect-error: nor this
  store.set('a', '1', { priority: 'urgent' });
}

function cookieClasses(answer: Headers) {
  const set = new ResponseCookies(answer, { compat: 'next' }).set('a', '1').set('__Host-b', '2', host);
  const ends: Date | undefined = set.get('a')?.expires;
  const came: [string, { value: string }][] = [...new RequestCookies('a=1').set('b', '2')];
  const both: boolean[] = new RequestCookies(answer).delete(['a', 'b']);
  // @ts-expect-error: __Host- without its attributes
  set.set('__Host-b', '2');
  // @ts-expect-error: __Secure- as an object, not secure
  set.set({ name: '__Secure-b', value: '2' });
  // @ts-expect-error: no other dialect
  new ResponseCookies(answer, { compat: 'express' });
  // @ts-expect-error: text of a __Host- cookie without a path
  stringifyCookie({ name: '__Host-b', value: '2', secure: true });
  // @ts-expect-error: text of a __Secure- cookie that is not
  stringifyCookie({ name: '__Secure-b', value: '2' });
  const text: string[] = [
    stringifyCookie({ name: 'a' }),
    stringifyCookie({ name: '__Host-b', value: '2', ...host }),
    parseSetCookie('a=1; Path=/')?.path ?? '',
    parseCookie('a=1').get('a') ?? '',
    ...splitCookiesString('a=1, b=2'),
  ];
  return { ends, came, both, text };
}

const card = {
  size: { width: 1200, height: 630 },
  alt: 'A post',
  contentType: 'image/png',
  generateImageMetadata: async ({ params }: { params: { id: string } }) => [{ id: 1, alt: params.id }, { id: 'large' }],
  async default({ params, id }: { params: Promise<{ id: string }>; id: Promise<string> }) {
    return new Response(`${(await params).id} ${await id}`);
  },
} satisfies ImageModule;
// @ts-expect-error: an image without an id (NV-16)
const unnamed: ImageModule = { default: () => 'text', generateImageMetadata: () => [{ alt: 'none' }] };
// @ts-expect-error: a number is no image
const drawn: ImageModule = { default: () => 1 };

async function head(): Promise<string> {
  const entries: ImageEntry[] = await imageMetadata();
  const sizes: string | undefined = entries[0]?.sizes;
  return `${await imageTags()}${sizes}`;
}

function ends(what: string | undefined): string {
  try {
    if (what === undefined) notFound();
    // What is never undefined here.
    const known: string = what;
    if (known === 'secret') forbidden();
    if (known === 'own') unauthorized();
    if (known === 'old') permanentRedirect(new URL('https://example.com'), 'replace');
    if (known === 'new') redirect('/', RedirectType.push);
    return known;
  } catch (error) {
    unstable_rethrow(error);
    throw error;
  }
}
// @ts-expect-error: a redirect goes somewhere
const nowhere = () => redirect();
// @ts-expect-error: no other type
const elsewhere = () => redirect('/', 'back');

experimental_taintObjectReference('Not the user', { password: '' });
experimental_taintUniqueValue(undefined, globalThis, 'token');
experimental_taintUniqueValue('Not the key', {}, new Uint8Array(32));
// @ts-expect-error: a number is not unique (NV-26)
experimental_taintUniqueValue('Not this', {}, 1);
// @ts-expect-error: a text is no object (NV-26)
experimental_taintObjectReference('Not this', 'token');

const app = createApp({
  routes: { '/posts/[id]': posts, '/posts/[id]/opengraph-image': card, '/icon': { default: async () => new Uint8Array(8), size: { width: 32, height: 32 } } },
  notFound: (request: Request) => new Response(request.url),
  forbidden: { default: async (_request, { params }) => Response.json(await params) },
  unauthorized: { GET: () => new Response('Log in') },
  origin: 'https://www.example.com',
  cacheLife: { blog: { stale: 3600, revalidate: 900, expire: 86400 } },
  staleTimes: { static: 300, dynamic: 0 },
  expireTime: 31536000,
  originRules: [{ match: '/docs/*', life: 'hours', tags: ['docs'] }],
  compat: 'next',
  trustMiddleware: true,
  previousSecret: 'a',
  draftSecret: 'b',
  previewModeId: 'c',
  patchFetch: true,
  logging: { fetches: { fullUrl: true } },
});
const worker: ExportedHandler<{ CACHE: KVNamespace }> = app;
// @ts-expect-error: a mode Next does not know
createApp({ routes: { '/': { dynamic: 'static' } } });
// @ts-expect-error: a mode of fetch that Next does not know
createApp({ routes: { '/': { fetchCache: 'always' } } });
createApp({ routes: { '/': { fetchCache: 'default-cache' } }, logging: false });
// @ts-expect-error: a page returns a Response
createApp({ notFound: () => 'text' });
// @ts-expect-error: no other dialect
createApp({ compat: 'express' });
// @ts-expect-error: a lifetime is a number
createApp({ cacheLife: { blog: { stale: 'long' } } });

const code: string = new FreshtagError('CONFIG', 'text').code;

export { code, cookieClasses, drawn, dynamic, elsewhere, ends, head, kept, length, nowhere, post, quote, sent, setCookies, sum, unnamed, worker };
export default app;
