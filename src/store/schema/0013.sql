-- People. Passwords are PHC strings of Argon2id. The secret of the second factor must be known to check its codes: it is
-- the only one that is kept as it is.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    -- The name by which it is looked for: in small letters.
    key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT,
    temporary_until INTEGER,
    totp BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    seen INTEGER
);

-- Browsers in which somebody is signed in, by the SHA-256 of what their cookie says.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user);
CREATE INDEX sessions_expires ON sessions (expires);

-- Programs that may ask for tokens (RFC 6749, 2). A secret is kept as its SHA-256: it has 256 random bits.
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    secret BLOB,
    -- JSON
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked INTEGER
);
CREATE UNIQUE INDEX clients_key ON clients (key) WHERE revoked IS NULL;

-- What was granted; the tokens of one are a family.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client TEXT NOT NULL REFERENCES clients (id),
    user INTEGER REFERENCES users (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL,
    revoked INTEGER
);
CREATE INDEX grants_client ON grants (client);
CREATE INDEX grants_user ON grants (user);

-- Authorization codes by their SHA-256; one that was used tells which grant it made.
CREATE TABLE codes (
    digest BLOB PRIMARY KEY,
    client TEXT NOT NULL REFERENCES clients (id),
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    redirect_uri TEXT,
    scopes TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires INTEGER NOT NULL,
    made_grant INTEGER REFERENCES grants (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX codes_user ON codes (user);
CREATE INDEX codes_grant ON codes (made_grant);
CREATE INDEX codes_expires ON codes (expires);

-- Tokens by their SHA-256. A refresh token that was exchanged stays to its end, so that it is known when it comes again.
CREATE TABLE tokens (
    digest BLOB PRIMARY KEY,
    made_grant INTEGER NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    is_refresh INTEGER NOT NULL,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    is_used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX tokens_grant ON tokens (made_grant);
CREATE INDEX tokens_expires ON tokens (expires);
