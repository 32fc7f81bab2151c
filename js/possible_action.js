/**
 * Whether a request may be a call of a Server Action: a fetch call by its header, a form by its type (SA-1, SA-2).
 * @param {Request} request
 */
export function isPossibleAction(request) {
  // Reading the headers of a GET would be noted.
  if (request.method !== 'POST') return false;
  const { headers } = request;
  if (headers.has('next-action')) return true;
  const [type] = (headers.get('content-type') ?? '').split(/[\t ]*;/, 1);
  return /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/i.test(type);
}
