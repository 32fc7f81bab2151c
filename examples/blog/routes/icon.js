// The site's icon in two sizes: /icon/small and /icon/large. Each is drawn once and kept.
export function generateImageMetadata() {
  return [
    { id: 'small', size: { width: 32, height: 32 }, contentType: 'image/svg+xml' },
    { id: 'large', size: { width: 180, height: 180 }, contentType: 'image/svg+xml' },
  ];
}

export default async function Icon({ id }) {
  const large = (await id) === 'large';
  // The large one is for home screens, which want no transparent corners.
  const ground = large ? '<path fill="#fbfaf7" d="M0 0h16v16H0z"/>' : '';
  const size = large ? 180 : 32;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 16 16">${ground}<path fill="#0b7a5c" d="M1 3v5l7 7 6-6-7-7H2z"/><circle cx="5" cy="6" r="1.4" fill="#fff"/></svg>`;
}
