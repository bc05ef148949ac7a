-- Events in tables of their own. The tables facts and fact_retries stay for servers of the version before, which write
-- and read them; whoever runs this version takes over what is in them. A later step drops them.

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    owner_id bigint NOT NULL,
    bucket smallint NOT NULL GENERATED ALWAYS AS ((owner_id & 15)::smallint) STORED,
    kind text NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (bucket, id, owner_id)
);

CREATE TABLE event_retries (
    id bigint GENERATED ALWAYS AS IDENTITY,
    owner_id bigint NOT NULL,
    event_id bigint NOT NULL,
    reaction text NOT NULL,              -- empty: no process knew the kind
    kind text NOT NULL,
    body jsonb NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz,                  -- empty: given up
    error text NOT NULL,
    set_aside_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX event_retries_due ON event_retries (reaction, kind, due_at);
CREATE INDEX event_retries_given_up ON event_retries (id) WHERE due_at IS NULL;
