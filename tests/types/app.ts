// The public API as a Worker uses it. Compiled, never run.
import {
  after,
  cache,
  cached,
  cacheLife,
  cacheTag,
  connection,
  cookies,
  createApp,
  draftMode,
  FreshtagError,
  headers,
  refresh,
  revalidatePath,
  revalidateTag,
  type RouteModule,
  type RouteRequest,
  unstable_cache,
  unstable_noStore,
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

const app = createApp({
  routes: { '/posts/[id]': posts },
  origin: 'https://www.example.com',
  cacheLife: { blog: { stale: 3600, revalidate: 900, expire: 86400 } },
  staleTimes: { static: 300, dynamic: 0 },
  expireTime: 31536000,
  originRules: [{ match: '/docs/*', life: 'hours', tags: ['docs'] }],
});
const worker: ExportedHandler<{ CACHE: KVNamespace }> = app;
// @ts-expect-error: a mode Next does not know
createApp({ routes: { '/': { dynamic: 'static' } } });
// @ts-expect-error: a lifetime is a number
createApp({ cacheLife: { blog: { stale: 'long' } } });

const code: string = new FreshtagError('CONFIG', 'text').code;

export { code, dynamic, length, post, quote, sum, worker };
export default app;
