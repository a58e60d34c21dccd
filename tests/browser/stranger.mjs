// A stranger's program, which acts for a person by OAuth 2.0: authorization code with PKCE, by the library oauth4webapi, as
// an app on the person's own device does it (RFC 8252). It knows nothing of Platen but its address.
//
//     NODE_EXTRA_CA_CERTS=certificate.pem node stranger.mjs https://localhost:8443 CLIENT_ID
//
// It prints a line for each thing that happened: `open ADDRESS` (a page of its own, with a link), `refused ERROR`,
// `acts for NAME SCOPES`, `refreshed`; then waits for a line, tries to refresh once more and prints `ended ERROR`.
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import * as oauth from "oauth4webapi";

const [base, id] = process.argv.slice(2);
const issuer = new URL(base);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2" }));
const client = { client_id: id, token_endpoint_auth_method: "none" };
const say = (...words) => console.log(...words);
let verifier, state;

const door = createServer((request, answer) => {
  answer.setHeader("content-type", "text/html; charset=utf-8");
  const url = new URL(request.url, redirect());
  if (url.pathname === "/callback") {
    answer.end("<!doctype html><html lang=en><title>Lightbox</title><h1>You may close this page.</h1>");
    come(url).catch((error) => say("failed", error.message));
  } else if (url.pathname === "/") {
    ask().then((link) => answer.end(`<!doctype html><html lang=en><title>Lightbox</title><a href="${link}">Connect</a>`));
  } else {
    answer.writeHead(404).end();
  }
});
const redirect = () => `http://127.0.0.1:${door.address().port}/callback`;

/** Where the person is sent to, anew each time. */
async function ask() {
  verifier = oauth.generateRandomCodeVerifier();
  state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: "code", client_id: id, redirect_uri: redirect(), scope: "jobs:read jobs:write users:write", state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  return url.href.replaceAll("&", "&amp;");
}

async function api(token) {
  const answer = await oauth.protectedResourceRequest(token, "GET", new URL("/api/v1/me", base));
  return answer.json();
}

/** The person has come back. */
async function come(url) {
  let given;
  try {
    given = oauth.validateAuthResponse(server, client, url, state);
  } catch (error) {
    return say("refused", error.error ?? error.message);
  }
  const taken = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), given, redirect(), verifier);
  const first = await oauth.processAuthorizationCodeResponse(server, client, taken);
  const me = await api(first.access_token);
  say("acts for", me.name, me.scopes);
  const refresh = async (token) => {
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token);
    return oauth.processRefreshTokenResponse(server, client, answer);
  };
  const second = await refresh(first.refresh_token);
  if (second.refresh_token === first.refresh_token) throw new Error("the refresh token did not rotate");
  if ((await api(second.access_token)).name !== me.name) throw new Error("the new token is another's");
  say("refreshed");
  await once(createInterface({ input: process.stdin }), "line");
  try {
    await refresh(second.refresh_token);
    say("failed: it goes on");
  } catch (error) {
    say("ended", error.error ?? error.message);
  }
  process.exit();
}

door.listen(0, "127.0.0.1", () => say("open", `http://127.0.0.1:${door.address().port}/`));
