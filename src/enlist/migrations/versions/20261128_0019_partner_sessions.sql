-- Who is signed in to the partner dashboard, and the links that sign in. Only hashes (SHA-256) of what browsers and
-- letters carry are kept: whoever reads the database, or a backup, cannot sign in with it.
CREATE TABLE partner_links (
    account_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    partner_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,                 -- a link begins one session
    PRIMARY KEY (account_id, token_hash),
    FOREIGN KEY (account_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CREATE INDEX partner_links_of_partner ON partner_links (account_id, partner_id);
CREATE INDEX partner_links_expire ON partner_links (expires_at);

CREATE TABLE partner_sessions (
    account_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    partner_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,        -- to some minutes
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, token_hash),
    FOREIGN KEY (account_id, partner_id) REFERENCES partners ON DELETE CASCADE
);
CREATE INDEX partner_sessions_of_partner ON partner_sessions (account_id, partner_id);
CREATE INDEX partner_sessions_expire ON partner_sessions (expires_at);
