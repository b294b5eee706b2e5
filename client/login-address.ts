/** The login link with that ticket, at the address that people use. */
export function loginAddress(publicUrl: string, ticket: string): string {
  const address = new URL('/login', publicUrl);
  address.searchParams.set('ticket', ticket);
  return address.href;
}
