SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE TABLE public.account_domains (
    domain text NOT NULL,
    account_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.accounts (
    id bigint NOT NULL,
    login text NOT NULL,
    api_key bytea NOT NULL,
    plan text NOT NULL,
    time_zone text NOT NULL,
    locale text NOT NULL,
    allowed_networks cidr[] DEFAULT '{}'::cidr[] NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    currency text DEFAULT 'USD'::text NOT NULL,
    CONSTRAINT accounts_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'ru'::text]))),
    CONSTRAINT accounts_plan_check CHECK ((plan = ANY (ARRAY['standard'::text, 'guru'::text])))
);

CREATE VIEW public.account_zones AS
 SELECT id AS account_id,
    time_zone
   FROM public.accounts;

ALTER TABLE public.accounts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.action_diagnostic_rings (
    site_id bigint NOT NULL,
    written bigint NOT NULL
);

CREATE TABLE public.action_diagnostics (
    site_id bigint NOT NULL,
    slot integer NOT NULL,
    number bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    times integer NOT NULL,
    sent jsonb NOT NULL
);

CREATE TABLE public.actions (
    site_id bigint NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    label text NOT NULL,
    article text NOT NULL,
    tags text[] NOT NULL
)
PARTITION BY RANGE (created_at);

CREATE TABLE public.actions_20261109 (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.actions_20261116 (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.actions_20261123 (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.actions_20261130 (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.actions_20261207 (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.actions_rest (
    site_id bigint CONSTRAINT actions_site_id_not_null NOT NULL,
    profile_id uuid CONSTRAINT actions_juid_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT actions_created_at_not_null NOT NULL,
    label text CONSTRAINT actions_label_not_null NOT NULL,
    article text CONSTRAINT actions_article_not_null NOT NULL,
    tags text[] CONSTRAINT actions_tags_not_null NOT NULL
);

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.click_visitors (
    account_id bigint NOT NULL,
    visitor bigint NOT NULL,
    counted_at timestamp with time zone NOT NULL
);

CREATE TABLE public.clicks (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    way text NOT NULL,
    outcome text NOT NULL,
    product_id bigint,
    page text NOT NULL,
    marks jsonb,
    ip text NOT NULL,
    agent text NOT NULL
);

ALTER TABLE public.clicks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clicks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contact_cards (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    middle_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    utc_offset integer,
    description text DEFAULT ''::text NOT NULL,
    manager_id bigint,
    shipping jsonb DEFAULT '{}'::jsonb NOT NULL,
    billing jsonb DEFAULT '{}'::jsonb NOT NULL,
    social jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE public.contact_changes (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    field text NOT NULL,
    before text NOT NULL,
    after text NOT NULL
);

ALTER TABLE public.contact_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.contact_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contacts (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    email text NOT NULL,
    email_key text,
    name text NOT NULL,
    phone text NOT NULL,
    city text NOT NULL,
    tags text[] NOT NULL,
    confirmed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.contacts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.contacts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.coupons (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    code text NOT NULL,
    code_key text NOT NULL,
    discount_sum numeric(14,2),
    discount_percent numeric(7,4),
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    product_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    partner_id bigint,
    most_uses integer,
    uses integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT coupons_check CHECK (((discount_sum IS NULL) <> (discount_percent IS NULL)))
);

ALTER TABLE public.coupons ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coupons_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.fact_retries (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    reaction text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    attempts integer NOT NULL,
    due_at timestamp with time zone,
    error text NOT NULL
);

ALTER TABLE public.fact_retries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.fact_retries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.facts (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL
);

ALTER TABLE public.facts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.facts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.groups (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    confirmation boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT groups_kind_check CHECK ((kind = ANY (ARRAY['ordinary'::text, 'auto'::text])))
);

ALTER TABLE public.groups ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.installation (
    only_row boolean DEFAULT true NOT NULL,
    secret_fingerprint text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);

CREATE TABLE public.lead_decisions (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    partner_id bigint,
    rule text NOT NULL,
    touch jsonb
);

ALTER TABLE public.lead_decisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.lead_decisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ledger (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    partner_id bigint NOT NULL,
    amount numeric(14,2) NOT NULL,
    order_id bigint,
    place smallint,
    level smallint,
    payout_id bigint,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_amount_check CHECK ((amount > (0)::numeric)),
    CONSTRAINT ledger_check CHECK (((((kind = 'charge'::text) AND (debit = 'commissions'::text) AND (credit = 'partner'::text)) OR ((kind = 'reversal'::text) AND (debit = 'partner'::text) AND (credit = 'commissions'::text))) OR ((kind = 'payout'::text) AND (debit = 'partner'::text) AND (credit = 'payouts'::text)))),
    CONSTRAINT ledger_check1 CHECK ((((kind = 'payout'::text) = (order_id IS NULL)) AND ((kind = 'payout'::text) = (payout_id IS NOT NULL))))
);

CREATE VIEW public.ledger_books AS
 SELECT ledger.account_id,
    ledger.id,
    ledger.kind,
    ledger.debit AS book,
    ledger.partner_id,
    (- ledger.amount) AS amount,
    ledger.at
   FROM public.ledger
UNION ALL
 SELECT ledger.account_id,
    ledger.id,
    ledger.kind,
    ledger.credit AS book,
    ledger.partner_id,
    ledger.amount,
    ledger.at
   FROM public.ledger;

ALTER TABLE public.ledger ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.letters (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    data jsonb NOT NULL,
    message_id uuid DEFAULT gen_random_uuid() NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    error text DEFAULT ''::text NOT NULL,
    CONSTRAINT letters_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'refused'::text, 'given_up'::text, 'obsolete'::text])))
);

ALTER TABLE public.letters ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.letters_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.managers (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.managers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.managers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.memberships (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    group_id bigint NOT NULL,
    state text NOT NULL,
    subscribed_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone,
    activated_at timestamp with time zone,
    left_at timestamp with time zone,
    tag text NOT NULL,
    city text NOT NULL,
    done_url text NOT NULL,
    ip text NOT NULL,
    marks jsonb,
    CONSTRAINT memberships_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'active'::text, 'left'::text, 'removed'::text, 'undeliverable'::text])))
);

CREATE TABLE public.order_changes (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    detail text NOT NULL
);

ALTER TABLE public.order_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.order_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.order_items (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    place smallint NOT NULL,
    product_id bigint NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    price numeric(14,2) NOT NULL,
    sum numeric(14,2) NOT NULL,
    pin_code text DEFAULT ''::text NOT NULL,
    awaits_pin boolean DEFAULT false NOT NULL
);

CREATE TABLE public.orders (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    state text NOT NULL,
    email text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    middle_name text NOT NULL,
    phone text NOT NULL,
    country text NOT NULL,
    region text NOT NULL,
    city text NOT NULL,
    address text NOT NULL,
    postal_code text NOT NULL,
    ip text NOT NULL,
    currency text NOT NULL,
    total numeric(14,2) NOT NULL,
    received numeric(14,2) DEFAULT 0 NOT NULL,
    coupon text NOT NULL,
    coupon_id bigint,
    tag text NOT NULL,
    comment text NOT NULL,
    domain text NOT NULL,
    source text NOT NULL,
    payment_method text NOT NULL,
    tracking_number text DEFAULT ''::text NOT NULL,
    manager_id bigint,
    marks jsonb,
    extra jsonb,
    open_key uuid,
    created_at timestamp with time zone NOT NULL,
    cancel_at timestamp with time zone,
    paid_at timestamp with time zone,
    sent_at timestamp with time zone,
    ended_at timestamp with time zone,
    deleted_at timestamp with time zone,
    CONSTRAINT orders_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'paid'::text, 'sent'::text, 'returned'::text, 'cancelled'::text, 'refunded'::text]))),
    CONSTRAINT orders_total_check CHECK ((total >= (0)::numeric))
);

ALTER TABLE public.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.orders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.partner_contacts (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    marks jsonb
);

CREATE TABLE public.partner_days (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    day date NOT NULL,
    clicks integer NOT NULL,
    contacts integer NOT NULL,
    orders integer NOT NULL,
    paid_orders integer NOT NULL,
    recruits integer NOT NULL,
    earned numeric(16,2) NOT NULL,
    paid numeric(16,2) NOT NULL
)
WITH (fillfactor='60');

CREATE TABLE public.partner_rates (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    product_id bigint NOT NULL,
    level smallint NOT NULL,
    sum numeric(14,2),
    percent numeric(7,4),
    CONSTRAINT partner_rates_level_check CHECK ((level = ANY (ARRAY[1, 2])))
);

CREATE TABLE public.partners (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    login text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    recruited_by bigint,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    joined_at timestamp with time zone,
    CONSTRAINT partners_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'active'::text, 'suspended'::text])))
);

ALTER TABLE public.partners ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.partners_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payment_channels (
    account_id bigint NOT NULL,
    channel text NOT NULL,
    settings bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.payments (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    order_id bigint NOT NULL,
    kind text NOT NULL,
    amount numeric(14,2) NOT NULL,
    channel text NOT NULL,
    reference text NOT NULL,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    note text NOT NULL,
    CONSTRAINT payments_amount_check CHECK ((amount > (0)::numeric)),
    CONSTRAINT payments_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'refund'::text])))
);

ALTER TABLE public.payments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.payments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.payouts (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    partner_id bigint NOT NULL,
    amount numeric(14,2) NOT NULL,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    note text NOT NULL,
    actor text NOT NULL,
    CONSTRAINT payouts_amount_check CHECK ((amount > (0)::numeric))
);

ALTER TABLE public.payouts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.payouts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pin_codes (
    account_id bigint NOT NULL,
    product_id bigint NOT NULL,
    id bigint NOT NULL,
    code text NOT NULL,
    order_id bigint,
    place smallint,
    issued_at timestamp with time zone
);

ALTER TABLE public.pin_codes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pin_codes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.postbacks (
    account_id bigint NOT NULL,
    partner_id bigint NOT NULL,
    url text NOT NULL,
    parameters text[] NOT NULL
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.product_categories (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    title text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE public.product_categories ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.product_categories_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.products (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    category_id bigint,
    price numeric(14,2) NOT NULL,
    groups text[] DEFAULT '{}'::text[] NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    short_address boolean DEFAULT false NOT NULL,
    deadline interval,
    least_payment numeric(14,2),
    download_url text DEFAULT ''::text NOT NULL,
    thanks_url text DEFAULT ''::text NOT NULL,
    letter_subject text DEFAULT ''::text NOT NULL,
    letter_format text DEFAULT 'text'::text NOT NULL,
    letter_html text DEFAULT ''::text NOT NULL,
    letter_text text DEFAULT ''::text NOT NULL,
    payment_text text DEFAULT ''::text NOT NULL,
    created_hook_url text DEFAULT ''::text NOT NULL,
    paid_hook_url text DEFAULT ''::text NOT NULL,
    cash_on_delivery boolean DEFAULT false NOT NULL,
    post_service text DEFAULT 'none'::text NOT NULL,
    post_article text DEFAULT ''::text NOT NULL,
    countries text[] DEFAULT '{}'::text[] NOT NULL,
    commission_1_sum numeric(14,2),
    commission_1_percent numeric(7,4),
    commission_2_sum numeric(14,2),
    commission_2_percent numeric(7,4),
    for_partners boolean DEFAULT false NOT NULL,
    sales_url text DEFAULT ''::text NOT NULL,
    promotion_url text DEFAULT ''::text NOT NULL,
    partner_note text DEFAULT ''::text NOT NULL,
    cost_sum numeric(14,2),
    cost_percent numeric(7,4),
    created_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT products_kind_check CHECK ((kind = ANY (ARRAY['digital'::text, 'physical'::text, 'floating'::text]))),
    CONSTRAINT products_letter_format_check CHECK ((letter_format = ANY (ARRAY['text'::text, 'html'::text]))),
    CONSTRAINT products_post_service_check CHECK ((post_service = ANY (ARRAY['none'::text, 'quickpost'::text]))),
    CONSTRAINT products_price_check CHECK ((price >= (0)::numeric))
);

ALTER TABLE public.products ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.products_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.profiles (
    site_id bigint NOT NULL,
    profile_id uuid CONSTRAINT profiles_juid_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    birth_date bigint,
    born_on date,
    ip text NOT NULL,
    name text NOT NULL,
    gender text NOT NULL,
    country text NOT NULL,
    region text NOT NULL,
    city text NOT NULL,
    time_zone text NOT NULL
);

CREATE VIEW public.profile_facts AS
 SELECT site_id,
    profile_id,
    created_at,
    name,
    gender,
    born_on,
    country,
    region,
    city,
    time_zone
   FROM public.profiles;

CREATE TABLE public.programmes (
    account_id bigint NOT NULL,
    commission_1_sum numeric(14,2),
    commission_1_percent numeric(7,4),
    commission_2_sum numeric(14,2),
    commission_2_percent numeric(7,4),
    fee_days integer,
    which text NOT NULL,
    new_contacts_only boolean NOT NULL,
    other_click_cancels boolean NOT NULL,
    money_back boolean NOT NULL,
    open_registration boolean NOT NULL,
    auto_approval boolean NOT NULL,
    store_name text NOT NULL,
    payout_ways text NOT NULL,
    instructions text NOT NULL,
    CONSTRAINT programmes_fee_days_check CHECK (((fee_days >= 1) AND (fee_days <= 365))),
    CONSTRAINT programmes_which_check CHECK ((which = ANY (ARRAY['first'::text, 'last'::text])))
);

CREATE TABLE public.refid_months (
    site_id bigint NOT NULL,
    month date NOT NULL,
    total integer NOT NULL,
    d1 integer NOT NULL,
    d2 integer NOT NULL,
    d3 integer NOT NULL,
    d4 integer NOT NULL,
    d5 integer NOT NULL,
    d6 integer NOT NULL,
    d7 integer NOT NULL,
    d8 integer NOT NULL,
    d9 integer NOT NULL,
    d10 integer NOT NULL,
    d11 integer NOT NULL,
    d12 integer NOT NULL,
    d13 integer NOT NULL,
    d14 integer NOT NULL,
    d15 integer NOT NULL,
    d16 integer NOT NULL,
    d17 integer NOT NULL,
    d18 integer NOT NULL,
    d19 integer NOT NULL,
    d20 integer NOT NULL,
    d21 integer NOT NULL,
    d22 integer NOT NULL,
    d23 integer NOT NULL,
    d24 integer NOT NULL,
    d25 integer NOT NULL,
    d26 integer NOT NULL,
    d27 integer NOT NULL,
    d28 integer NOT NULL,
    d29 integer NOT NULL,
    d30 integer NOT NULL,
    d31 integer NOT NULL,
    channel text NOT NULL COLLATE pg_catalog."C",
    refid text NOT NULL COLLATE pg_catalog."C"
)
WITH (fillfactor='60');

CREATE TABLE public.sale_fees (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    place smallint NOT NULL,
    level smallint NOT NULL,
    partner_id bigint NOT NULL,
    product_id bigint NOT NULL,
    amount numeric(14,2) NOT NULL,
    CONSTRAINT sale_fees_amount_check CHECK ((amount >= (0)::numeric))
);

CREATE TABLE public.sales (
    account_id bigint NOT NULL,
    order_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    partner_id bigint,
    second_id bigint,
    rule text NOT NULL,
    touch jsonb,
    money_back boolean NOT NULL,
    charged_at timestamp with time zone
);

CREATE TABLE public.segment_changes (
    site_id bigint NOT NULL,
    id bigint NOT NULL,
    profile_ids uuid[] CONSTRAINT segment_changes_juids_not_null NOT NULL,
    label text,
    segment_id integer,
    noted_at timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000');
ALTER TABLE ONLY public.segment_changes ALTER COLUMN profile_ids SET STORAGE PLAIN;

ALTER TABLE public.segment_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.segment_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.segment_members (
    site_id bigint NOT NULL,
    profile_id uuid CONSTRAINT segment_members_juid_not_null NOT NULL,
    segment_id integer NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE public.segment_sites (
    site_id bigint NOT NULL,
    account_id bigint NOT NULL,
    last_segment integer NOT NULL
);

CREATE TABLE public.segment_states (
    site_id bigint NOT NULL,
    segment_id integer NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    members bigint DEFAULT 0 NOT NULL,
    computed_at timestamp with time zone,
    took interval,
    follows_time boolean DEFAULT false NOT NULL,
    followed_until timestamp with time zone,
    retry_at timestamp with time zone,
    error text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.segments (
    site_id bigint NOT NULL,
    id integer NOT NULL,
    name text NOT NULL,
    rule jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.site_groups (
    site_id bigint NOT NULL,
    account_id bigint NOT NULL,
    group_id bigint NOT NULL
);

CREATE TABLE public.sites (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    time_zone text NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE VIEW public.site_zones AS
 SELECT id AS site_id,
    account_id,
    time_zone
   FROM public.sites;

ALTER TABLE public.sites ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.subscription_changes (
    site_id bigint NOT NULL,
    id bigint NOT NULL,
    profile_id uuid CONSTRAINT subscription_changes_juid_not_null NOT NULL,
    channel text NOT NULL,
    address_key text NOT NULL,
    active boolean NOT NULL,
    reason text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE public.subscription_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.subscription_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.subscriptions (
    site_id bigint NOT NULL,
    channel text NOT NULL COLLATE pg_catalog."C",
    address_key text NOT NULL COLLATE pg_catalog."C",
    profile_id uuid CONSTRAINT subscriptions_juid_not_null NOT NULL,
    address text NOT NULL,
    active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    reg_url text NOT NULL,
    refid text NOT NULL COLLATE pg_catalog."C",
    refidm text NOT NULL,
    utm_source text NOT NULL,
    utm_medium text NOT NULL,
    utm_campaign text NOT NULL,
    CONSTRAINT subscriptions_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'push'::text])))
)
WITH (fillfactor='90');

CREATE VIEW public.subscription_facts AS
 SELECT site_id,
    profile_id,
    channel,
    address,
    active,
    created_at,
    changed_at,
    reg_url,
    refid,
    refidm,
    utm_source,
    utm_medium,
    utm_campaign
   FROM public.subscriptions;

CREATE TABLE public.touches (
    account_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    marks jsonb NOT NULL
);

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_20261109 FOR VALUES FROM ('2026-11-09 00:00:00+00') TO ('2026-11-16 00:00:00+00');

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_20261116 FOR VALUES FROM ('2026-11-16 00:00:00+00') TO ('2026-11-23 00:00:00+00');

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_20261123 FOR VALUES FROM ('2026-11-23 00:00:00+00') TO ('2026-11-30 00:00:00+00');

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_20261130 FOR VALUES FROM ('2026-11-30 00:00:00+00') TO ('2026-12-07 00:00:00+00');

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_20261207 FOR VALUES FROM ('2026-12-07 00:00:00+00') TO ('2026-12-14 00:00:00+00');

ALTER TABLE ONLY public.actions ATTACH PARTITION public.actions_rest DEFAULT;

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

INSERT INTO public.account_domains VALUES
	('shop.example.com', 1, '2026-11-10 09:00:00+00');

INSERT INTO public.accounts OVERRIDING SYSTEM VALUE VALUES
	(1, 'shop', '\xcce2b8388c2b41a5a82e73dbfb632d52e8f47c58738bea775adb944b26227b3cf09221ad8a14f14294b4a0ee1dd3285acdbf664d5a7461d213131feb4d72435f', 'guru', 'Europe/Moscow', 'ru', '{}', NULL, '2026-11-10 09:00:00+00', 'RUB'),
	(2, 'school', '\xc0cdf88f32cd2aa4fe716b49dbf59d7ad857fea44c4d7c35fc99579a24156aa6b282fa6fba0ba20ae4a1af17dae99af86a6c2a799de7955d4f6db6ca1fae0ea0', 'standard', 'Europe/Riga', 'en', '{}', NULL, '2026-11-10 09:00:00+00', 'USD');

INSERT INTO public.action_diagnostic_rings VALUES
	(1, 1);

INSERT INTO public.action_diagnostics VALUES
	(1, 1, 1, '2026-11-10 14:40:00+00', 'too long', 1, '{"label": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}');

INSERT INTO public.actions_20261109 VALUES
	(1, '01a1c5dd-a640-790e-a00c-b1adf9668fcc', '2026-11-10 14:30:00+00', 'login', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', '2026-11-10 14:31:00+00', 'buy', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-75bd-8770-20cdb0c808d5', '2026-11-10 14:32:00+00', 'login', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-71ac-85fb-52e88340a3e9', '2026-11-10 14:33:00+00', 'buy', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-7cea-95c5-f9b4fe29e9cf', '2026-11-10 14:34:00+00', 'login', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-762b-aaa5-b0ffa8067652', '2026-11-10 14:35:00+00', 'buy', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-7a20-b3a2-347c7849d38d', '2026-11-10 14:36:00+00', 'login', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', '2026-11-10 14:37:00+00', 'buy', 'item', '{1,22}'),
	(2, '01a1c5dd-a640-7c7b-b0b4-8ebc34283438', '2026-11-10 14:38:00+00', 'login', 'item', '{1,22}'),
	(2, '01a1c5dd-a640-70d9-b5c0-b8bb1cde2778', '2026-11-10 14:39:00+00', 'buy', 'item', '{1,22}'),
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', '2026-11-10 14:40:00+00', 'buy', '', '{3}');

INSERT INTO public.alembic_version VALUES
	('20261121_0008');

INSERT INTO public.click_visitors VALUES
	(1, -2345628535116760954, '2026-11-10 09:03:00+00'),
	(1, -5881214408302925681, '2026-11-10 09:04:00+00'),
	(1, -3323756288504746347, '2026-11-10 09:05:00+00'),
	(1, 2730601765740904236, '2026-11-10 09:06:00+00');

INSERT INTO public.clicks OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 1, '2026-11-10 09:03:00+00', 'link', 'counted', NULL, 'https://landing.example/', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}', '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
	(1, 1, 2, '2026-11-10 09:03:00+00', 'link', 'robot', NULL, '', NULL, '', 'Googlebot/2.1'),
	(1, 1, 3, '2026-11-10 09:04:00+00', 'link', 'counted', NULL, 'https://landing.example/', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}', '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
	(1, 1, 4, '2026-11-10 09:04:00+00', 'link', 'robot', NULL, '', NULL, '', 'Googlebot/2.1'),
	(1, 2, 5, '2026-11-10 09:05:00+00', 'link', 'counted', NULL, 'https://landing.example/', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}', '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
	(1, 2, 6, '2026-11-10 09:05:00+00', 'link', 'robot', NULL, '', NULL, '', 'Googlebot/2.1'),
	(1, 5, 7, '2026-11-10 09:06:00+00', 'link', 'counted', NULL, 'https://landing.example/', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}', '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
	(1, 5, 8, '2026-11-10 09:06:00+00', 'link', 'robot', NULL, '', NULL, '', 'Googlebot/2.1'),
	(1, 1, 9, '2026-11-10 09:17:00+00', 'coupon', 'counted', NULL, '', NULL, '', '');

INSERT INTO public.contact_cards VALUES
	(1, 5, '', 'Berg', NULL, 'Likes books', 1, '{"city": "Riga"}', '{"city": "Riga"}', '{}'),
	(1, 2, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 3, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 28, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 29, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 6, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 8, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 9, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 11, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 12, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 14, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 15, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(1, 17, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}'),
	(2, 1, '', 'Berg', NULL, '', NULL, '{}', '{}', '{}');

INSERT INTO public.contact_changes OVERRIDING SYSTEM VALUE VALUES
	(1, 5, 1, '2026-11-10 09:16:00+00', 'api', 'name', 'Name 4', 'Another name'),
	(1, 5, 2, '2026-11-10 09:16:00+00', 'api', 'tags', '', 'x'),
	(1, 25, 3, '2026-11-10 09:16:00+00', 'api', 'groups', '', 'news'),
	(1, 5, 4, '2026-11-10 09:16:00+00', 'owner', 'tags', '', 'y'),
	(1, 5, 5, '2026-11-10 09:16:00+00', 'owner', 'last_name', '', 'Berg'),
	(1, 5, 6, '2026-11-10 09:16:00+00', 'owner', 'description', '', 'Likes books'),
	(1, 5, 7, '2026-11-10 09:16:00+00', 'owner', 'manager_id', '', '1'),
	(1, 5, 8, '2026-11-10 09:16:00+00', 'owner', 'shipping.city', '', 'Riga'),
	(1, 5, 9, '2026-11-10 09:16:00+00', 'owner', 'billing.city', '', 'Riga');

INSERT INTO public.contacts OVERRIDING SYSTEM VALUE VALUES
	(1, 2, 'person1@example.com', 'person1@example.com', 'Name 1', '+3712000001', 'Riga', '{vip,t1}', NULL, '2026-11-10 09:08:20+00'),
	(1, 3, 'person2@example.com', 'person2@example.com', 'Name 2', '+3712000002', 'Riga', '{}', NULL, '2026-11-10 09:08:40+00'),
	(1, 6, 'person5@example.com', 'person5@example.com', 'Name 5', '+3712000005', 'Riga', '{vip,t1}', NULL, '2026-11-10 09:09:40+00'),
	(1, 8, 'person7@example.com', 'person7@example.com', 'Name 7', '+3712000007', 'Riga', '{vip,t3}', NULL, '2026-11-10 09:10:20+00'),
	(1, 9, 'person8@example.com', 'person8@example.com', 'Name 8', '+3712000008', 'Riga', '{}', NULL, '2026-11-10 09:10:40+00'),
	(1, 11, 'person10@example.com', 'person10@example.com', 'Name 10', '+37120000010', 'Riga', '{}', NULL, '2026-11-10 09:11:20+00'),
	(1, 12, 'person11@example.com', 'person11@example.com', 'Name 11', '+37120000011', 'Riga', '{vip,t3}', NULL, '2026-11-10 09:11:40+00'),
	(1, 14, 'person13@example.com', 'person13@example.com', 'Name 13', '+37120000013', 'Riga', '{vip,t1}', NULL, '2026-11-10 09:12:20+00'),
	(1, 15, 'person14@example.com', 'person14@example.com', 'Name 14', '+37120000014', 'Riga', '{}', NULL, '2026-11-10 09:12:40+00'),
	(1, 17, 'person16@example.com', 'person16@example.com', 'Name 16', '+37120000016', 'Riga', '{}', NULL, '2026-11-10 09:13:20+00'),
	(1, 18, 'person17@example.com', 'person17@example.com', 'Name 17', '+37120000017', 'Riga', '{vip,t1}', NULL, '2026-11-10 09:13:40+00'),
	(1, 20, 'person19@example.com', 'person19@example.com', 'Name 19', '+37120000019', 'Riga', '{vip,t3}', NULL, '2026-11-10 09:14:20+00'),
	(1, 21, 'person20@example.com', 'person20@example.com', 'Name 20', '+37120000020', 'Riga', '{}', NULL, '2026-11-10 09:14:40+00'),
	(1, 23, 'person22@example.com', 'person22@example.com', 'Name 22', '+37120000022', 'Riga', '{}', NULL, '2026-11-10 09:15:20+00'),
	(1, 24, 'person23@example.com', 'person23@example.com', 'Name 23', '+37120000023', 'Riga', '{vip,t3}', NULL, '2026-11-10 09:15:40+00'),
	(2, 1, 'person0@example.com', 'person0@example.com', 'Name 0', '+3712000000', 'Riga', '{}', '2026-11-10 09:16:00+00', '2026-11-10 09:08:00+00'),
	(2, 4, 'person3@example.com', 'person3@example.com', 'Name 3', '+3712000003', 'Riga', '{vip,t3}', '2026-11-10 09:16:00+00', '2026-11-10 09:09:00+00'),
	(2, 7, 'person6@example.com', 'person6@example.com', 'Name 6', '+3712000006', 'Riga', '{}', '2026-11-10 09:16:00+00', '2026-11-10 09:10:00+00'),
	(2, 10, 'person9@example.com', 'person9@example.com', 'Name 9', '+3712000009', 'Riga', '{vip,t1}', '2026-11-10 09:16:00+00', '2026-11-10 09:11:00+00'),
	(2, 13, 'person12@example.com', 'person12@example.com', 'Name 12', '+37120000012', 'Riga', '{}', '2026-11-10 09:16:00+00', '2026-11-10 09:12:00+00'),
	(2, 16, 'person15@example.com', 'person15@example.com', 'Name 15', '+37120000015', 'Riga', '{vip,t3}', '2026-11-10 09:16:00+00', '2026-11-10 09:13:00+00'),
	(2, 19, 'person18@example.com', 'person18@example.com', 'Name 18', '+37120000018', 'Riga', '{}', '2026-11-10 09:16:00+00', '2026-11-10 09:14:00+00'),
	(2, 22, 'person21@example.com', 'person21@example.com', 'Name 21', '+37120000021', 'Riga', '{vip,t1}', '2026-11-10 09:16:00+00', '2026-11-10 09:15:00+00'),
	(1, 25, '', NULL, '', '', '', '{}', NULL, '2026-11-10 09:16:00+00'),
	(1, 5, 'person4@example.com', 'person4@example.com', 'Another name', '+3712000004', 'Riga', '{x,y}', NULL, '2026-11-10 09:09:20+00'),
	(1, 28, 'buyer@example.com', 'buyer@example.com', 'Anna', '', 'Moscow', '{}', NULL, '2026-11-10 09:18:00+00'),
	(1, 29, 'buyer2@example.com', 'buyer2@example.com', 'Anna', '', 'Moscow', '{}', NULL, '2026-11-10 09:19:00+00'),
	(1, 53, 'User0@Example.com', 'user0@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 54, 'User1@Example.com', 'user1@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 55, 'User2@Example.com', 'user2@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 56, 'User3@Example.com', 'user3@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 57, 'User4@Example.com', 'user4@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 58, 'User5@Example.com', 'user5@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 59, 'User6@Example.com', 'user6@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00'),
	(1, 60, 'User7@Example.com', 'user7@example.com', '', '', '', '{}', NULL, '2026-11-10 14:40:00+00');

INSERT INTO public.coupons OVERRIDING SYSTEM VALUE VALUES
	(1, 4, 'old', 'old', 5.00, NULL, NULL, NULL, '{}', NULL, NULL, 0, '2026-11-10 09:03:00+00', '2026-11-10 09:03:00+00'),
	(1, 1, 'SPRING', 'spring', NULL, 10.0000, NULL, NULL, '{}', NULL, NULL, 1, '2026-11-10 09:03:00+00', NULL),
	(1, 2, 'ANNA', 'anna', NULL, 5.0000, NULL, NULL, '{}', 1, NULL, 1, '2026-11-10 09:03:00+00', NULL),
	(1, 3, 'once', 'once', 5.00, NULL, NULL, NULL, '{2}', NULL, 1, 1, '2026-11-10 09:03:00+00', NULL);

INSERT INTO public.fact_retries OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'enlist.domain.orders.fulfilling.hand_out', 'products.pin_codes_added', '{"type": "products.pin_codes_added", "owner_id": 1, "product_id": 3}', 1, '2026-11-10 14:40:02+00', 'ValueError: cannot');

INSERT INTO public.facts OVERRIDING SYSTEM VALUE VALUES
	(163, 1, 'profiles.subscribed', '{"new": true, "type": "profiles.subscribed", "address": "late@example.com", "channel": "email", "site_id": 1, "owner_id": 1, "profile_id": "01a1c5dda640790ea00cb1adf9668fcc"}'),
	(164, 1, 'products.pin_codes_added', '{"type": "products.pin_codes_added", "owner_id": 1, "product_id": 3}');

INSERT INTO public.groups OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'allleads', 'All contacts', 'auto', false, '2026-11-10 09:00:00+00'),
	(2, 2, 'allleads', 'All contacts', 'auto', false, '2026-11-10 09:00:00+00'),
	(1, 3, 'news', 'Group news', 'ordinary', true, '2026-11-10 09:00:00+00'),
	(1, 4, 'open', 'Group open', 'ordinary', false, '2026-11-10 09:00:00+00'),
	(1, 5, 'buyers', 'Group buyers', 'ordinary', false, '2026-11-10 09:00:00+00'),
	(1, 6, 'super', 'Group super', 'ordinary', true, '2026-11-10 09:00:00+00'),
	(2, 7, 'news', 'Group news', 'ordinary', true, '2026-11-10 09:00:00+00'),
	(2, 8, 'open', 'Group open', 'ordinary', false, '2026-11-10 09:00:00+00'),
	(2, 9, 'buyers', 'Group buyers', 'ordinary', false, '2026-11-10 09:00:00+00'),
	(2, 10, 'super', 'Group super', 'ordinary', true, '2026-11-10 09:00:00+00');

INSERT INTO public.installation VALUES
	(true, 'b84dd1bccbdb2acc087c31b3b422648a', '2026-11-28 05:18:01.131112+00');

INSERT INTO public.lead_decisions OVERRIDING SYSTEM VALUE VALUES
	(1, 2, 1, '2026-11-10 09:08:20+00', 2, 'last click', '{"at": "2026-11-10T09:08:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}'),
	(2, 4, 2, '2026-11-10 09:09:00+00', 6, 'last click', '{"at": "2026-11-10T09:09:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 6, 3, '2026-11-10 09:09:40+00', 5, 'last click', '{"at": "2026-11-10T09:09:40Z", "marks": {"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 8, 4, '2026-11-10 09:10:20+00', 2, 'last click', '{"at": "2026-11-10T09:10:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}'),
	(2, 10, 5, '2026-11-10 09:11:00+00', 6, 'last click', '{"at": "2026-11-10T09:11:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 12, 6, '2026-11-10 09:11:40+00', 5, 'last click', '{"at": "2026-11-10T09:11:40Z", "marks": {"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 14, 7, '2026-11-10 09:12:20+00', 2, 'last click', '{"at": "2026-11-10T09:12:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}'),
	(2, 16, 8, '2026-11-10 09:13:00+00', 6, 'last click', '{"at": "2026-11-10T09:13:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 18, 9, '2026-11-10 09:13:40+00', 5, 'last click', '{"at": "2026-11-10T09:13:40Z", "marks": {"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 20, 10, '2026-11-10 09:14:20+00', 2, 'last click', '{"at": "2026-11-10T09:14:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}'),
	(2, 22, 11, '2026-11-10 09:15:00+00', 6, 'last click', '{"at": "2026-11-10T09:15:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}, "source": "request"}'),
	(1, 24, 12, '2026-11-10 09:15:40+00', 5, 'last click', '{"at": "2026-11-10T09:15:40Z", "marks": {"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}, "source": "request"}');

INSERT INTO public.ledger OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'charge', 'commissions', 'partner', 1, 405.14, 1, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 2, 'charge', 'commissions', 'partner', 1, 427.64, 2, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 3, 'charge', 'commissions', 'partner', 1, 5.70, 2, 1, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 4, 'charge', 'commissions', 'partner', 2, 300.10, 8, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 5, 'charge', 'commissions', 'partner', 5, 5.00, 10, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 6, 'charge', 'commissions', 'partner', 2, 5.00, 11, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 7, 'charge', 'commissions', 'partner', 1, 2.50, 11, 0, 2, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 8, 'charge', 'commissions', 'partner', 2, 2.00, 6, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 9, 'charge', 'commissions', 'partner', 1, 1.00, 6, 0, 2, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 10, 'charge', 'commissions', 'partner', 2, 2.00, 7, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 11, 'charge', 'commissions', 'partner', 1, 1.00, 7, 0, 2, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 12, 'reversal', 'partner', 'commissions', 2, 100.00, 8, 0, 1, NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00'),
	(1, 13, 'payout', 'partner', 'payouts', 2, 20.00, NULL, NULL, NULL, 1, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00');

INSERT INTO public.letters OVERRIDING SYSTEM VALUE VALUES
	(2, 1, 'groups.confirmation', 'person0@example.com', '{"group_ids": [10], "contact_id": 1}', 'b91cba7c-6218-49bf-95d7-8d5a374af5c7', 'sent', 1, '2026-11-10 09:08:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 2, 'groups.confirmation', 'person3@example.com', '{"group_ids": [7], "contact_id": 4}', '7e983fcf-f358-41f8-a0e9-f13d3033d4ed', 'sent', 1, '2026-11-10 09:09:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(1, 3, 'groups.confirmation', 'person5@example.com', '{"group_ids": [3, 4], "contact_id": 6}', 'f741562e-9e0b-4b19-8ad7-c60c6fcd73b3', 'sent', 1, '2026-11-10 09:09:40+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 4, 'groups.confirmation', 'person6@example.com', '{"group_ids": [7], "contact_id": 7}', 'face2442-d449-480f-aa85-4e7e3e454b82', 'sent', 1, '2026-11-10 09:10:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 5, 'groups.confirmation', 'person9@example.com', '{"group_ids": [7], "contact_id": 10}', '9f721aa8-a3f5-4115-9433-981d126a66c0', 'sent', 1, '2026-11-10 09:11:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(1, 6, 'groups.confirmation', 'person10@example.com', '{"group_ids": [3, 4], "contact_id": 11}', '1c549d49-be80-4c91-b084-7f4f2b602b34', 'sent', 1, '2026-11-10 09:11:20+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 7, 'groups.confirmation', 'person12@example.com', '{"group_ids": [10], "contact_id": 13}', '18c1c71c-001b-4a34-ae24-f40b04f5136a', 'sent', 1, '2026-11-10 09:12:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 8, 'groups.confirmation', 'person15@example.com', '{"group_ids": [7, 8], "contact_id": 16}', 'a2c8cf90-08d8-4b5a-8b5b-3d17918f825a', 'sent', 1, '2026-11-10 09:13:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 9, 'groups.confirmation', 'person18@example.com', '{"group_ids": [7], "contact_id": 19}', 'fc9507a6-aa34-4297-b59a-d6dca4c2a9b9', 'sent', 1, '2026-11-10 09:14:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(1, 10, 'groups.confirmation', 'person20@example.com', '{"group_ids": [6], "contact_id": 21}', 'c3b64343-cfc1-4014-a980-e2744a6f21e1', 'sent', 1, '2026-11-10 09:14:40+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(2, 11, 'groups.confirmation', 'person21@example.com', '{"group_ids": [7], "contact_id": 22}', 'a317071c-861e-457a-8cee-d3a4260f83bd', 'sent', 1, '2026-11-10 09:15:00+00', '2026-11-10 09:21:00+00', '2026-11-10 09:16:00+00', ''),
	(1, 12, 'orders.purchase', 'person10@example.com', '{"place": 0, "order_id": 9}', 'a0a67272-cfc9-4e6d-8bf7-cdaae4431b9c', 'queued', 0, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', NULL, ''),
	(1, 13, 'orders.purchase', 'person10@example.com', '{"place": 1, "order_id": 9}', 'a9279433-bca6-4657-88bc-415294ffc81d', 'queued', 0, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', NULL, ''),
	(1, 14, 'partners.approved', 'newcomer@partners.test', '{"partner_id": 5}', 'c858842c-8d59-4d1a-998b-c3c42e62a6e8', 'queued', 0, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', NULL, ''),
	(1, 15, 'partners.paid_out', 'boris@partners.test', '{"amount": "20.00", "partner_id": 2}', '8e0e5952-d195-4fa2-a9af-6f3d960ea244', 'queued', 0, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', NULL, ''),
	(1, 16, 'orders.purchase', 'person11@example.com', '{"place": 0, "order_id": 10}', '17f68c10-05ac-4de8-b102-08cd473105a4', 'queued', 0, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', NULL, ''),
	(1, 17, 'orders.purchase', 'person13@example.com', '{"place": 0, "order_id": 11}', 'a151b0e5-deac-4841-b811-0dabe1d374fe', 'queued', 0, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', NULL, '');

INSERT INTO public.managers OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'Olga Petrova', 'olga@example.com', '2026-11-10 09:00:00+00'),
	(1, 2, 'Борис', '', '2026-11-10 09:00:00+00');

INSERT INTO public.memberships VALUES
	(1, 2, 3, 'active', '2026-11-10 09:08:20+00', NULL, '2026-11-10 09:08:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 2, 4, 'active', '2026-11-10 09:08:20+00', NULL, '2026-11-10 09:08:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 3, 3, 'active', '2026-11-10 09:08:40+00', NULL, '2026-11-10 09:08:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 3, 4, 'active', '2026-11-10 09:08:40+00', NULL, '2026-11-10 09:08:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 4, 8, 'active', '2026-11-10 09:09:00+00', NULL, '2026-11-10 09:09:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 5, 6, 'active', '2026-11-10 09:09:20+00', NULL, '2026-11-10 09:09:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 7, 8, 'active', '2026-11-10 09:10:00+00', NULL, '2026-11-10 09:10:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 8, 3, 'active', '2026-11-10 09:10:20+00', NULL, '2026-11-10 09:10:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 9, 6, 'active', '2026-11-10 09:10:40+00', NULL, '2026-11-10 09:10:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 11, 3, 'waiting', '2026-11-10 09:11:20+00', '2026-11-10 09:11:20+00', NULL, NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 11, 4, 'waiting', '2026-11-10 09:11:20+00', '2026-11-10 09:11:20+00', NULL, NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 12, 3, 'active', '2026-11-10 09:11:40+00', NULL, '2026-11-10 09:11:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 12, 4, 'active', '2026-11-10 09:11:40+00', NULL, '2026-11-10 09:11:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 14, 3, 'active', '2026-11-10 09:12:20+00', NULL, '2026-11-10 09:12:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 14, 4, 'active', '2026-11-10 09:12:20+00', NULL, '2026-11-10 09:12:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 15, 3, 'active', '2026-11-10 09:12:40+00', NULL, '2026-11-10 09:12:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 15, 4, 'active', '2026-11-10 09:12:40+00', NULL, '2026-11-10 09:12:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 17, 6, 'active', '2026-11-10 09:13:20+00', NULL, '2026-11-10 09:13:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 18, 3, 'active', '2026-11-10 09:13:40+00', NULL, '2026-11-10 09:13:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 18, 4, 'active', '2026-11-10 09:13:40+00', NULL, '2026-11-10 09:13:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(2, 19, 8, 'active', '2026-11-10 09:14:00+00', NULL, '2026-11-10 09:14:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 20, 3, 'active', '2026-11-10 09:14:20+00', NULL, '2026-11-10 09:14:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 20, 4, 'active', '2026-11-10 09:14:20+00', NULL, '2026-11-10 09:14:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 21, 6, 'waiting', '2026-11-10 09:14:40+00', '2026-11-10 09:14:40+00', NULL, NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 22, 8, 'active', '2026-11-10 09:15:00+00', NULL, '2026-11-10 09:15:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 23, 3, 'active', '2026-11-10 09:15:20+00', NULL, '2026-11-10 09:15:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 23, 4, 'active', '2026-11-10 09:15:20+00', NULL, '2026-11-10 09:15:20+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(1, 24, 3, 'active', '2026-11-10 09:15:40+00', NULL, '2026-11-10 09:15:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 24, 4, 'active', '2026-11-10 09:15:40+00', NULL, '2026-11-10 09:15:40+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(2, 1, 10, 'active', '2026-11-10 09:08:00+00', '2026-11-10 09:08:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 4, 7, 'active', '2026-11-10 09:09:00+00', '2026-11-10 09:09:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 7, 7, 'active', '2026-11-10 09:10:00+00', '2026-11-10 09:10:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 13, 10, 'active', '2026-11-10 09:12:00+00', '2026-11-10 09:12:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 16, 7, 'active', '2026-11-10 09:13:00+00', '2026-11-10 09:13:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 16, 8, 'active', '2026-11-10 09:13:00+00', '2026-11-10 09:13:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 19, 7, 'active', '2026-11-10 09:14:00+00', '2026-11-10 09:14:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', NULL),
	(2, 22, 7, 'active', '2026-11-10 09:15:00+00', '2026-11-10 09:15:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 6, 3, 'left', '2026-11-10 09:09:40+00', '2026-11-10 09:09:40+00', NULL, '2026-11-10 09:16:00+00', 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 6, 4, 'left', '2026-11-10 09:09:40+00', '2026-11-10 09:09:40+00', NULL, '2026-11-10 09:16:00+00', 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 8, 4, 'left', '2026-11-10 09:10:20+00', NULL, '2026-11-10 09:10:20+00', '2026-11-10 09:16:00+00', 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 10, 7, 'active', '2026-11-10 09:11:00+00', '2026-11-10 09:11:00+00', '2026-11-10 09:16:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 10, 8, 'active', '2026-11-10 09:11:00+00', NULL, '2026-11-10 09:11:00+00', NULL, 'form', 'Riga', 'https://x.example/done', '192.0.2.9', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 25, 3, 'waiting', '2026-11-10 09:16:00+00', NULL, NULL, NULL, '', '', '', '', NULL),
	(1, 2, 5, 'active', '2026-11-10 09:30:00+00', NULL, '2026-11-10 09:30:00+00', NULL, '', '', '', '', NULL),
	(1, 3, 5, 'active', '2026-11-10 09:30:00+00', NULL, '2026-11-10 09:30:00+00', NULL, '', '', '', '', NULL),
	(1, 9, 5, 'active', '2026-11-10 09:30:00+00', NULL, '2026-11-10 09:30:00+00', NULL, '', '', '', '', NULL),
	(1, 53, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 54, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 55, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 56, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 57, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 58, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 59, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL),
	(1, 60, 4, 'active', '2026-11-10 14:40:00+00', NULL, '2026-11-10 14:40:00+00', NULL, '', '', '', '', NULL);

INSERT INTO public.order_changes OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 1, '2026-11-10 09:30:00+00', 'owner', 'payment', '1350.45 RUB, manual'),
	(1, 1, 2, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 2, 3, '2026-11-10 09:30:00+00', 'owner', 'payment', '1444.47 RUB, manual'),
	(1, 2, 4, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 8, 5, '2026-11-10 09:30:00+00', 'owner', 'payment', '1500.50 RUB, manual'),
	(1, 8, 6, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 9, 7, '2026-11-10 09:30:00+00', 'owner', 'payment', '100.00 RUB, manual'),
	(1, 9, 8, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 10, 9, '2026-11-10 09:30:00+00', 'owner', 'payment', '50.00 RUB, manual'),
	(1, 10, 10, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 11, 11, '2026-11-10 09:30:00+00', 'owner', 'payment', '50.00 RUB, manual'),
	(1, 11, 12, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(2, 14, 13, '2026-11-10 09:30:00+00', 'owner', 'payment', '10.00 USD, manual'),
	(2, 14, 14, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 6, 15, '2026-11-10 09:30:00+00', 'owner', 'payment', '20.00 RUB, manual'),
	(1, 6, 16, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 7, 17, '2026-11-10 09:30:00+00', 'owner', 'payment', '20.00 RUB, manual'),
	(1, 7, 18, '2026-11-10 09:30:00+00', 'owner', 'paid', 'in full'),
	(1, 5, 19, '2026-11-10 09:30:00+00', 'owner', 'payment', '100.00 RUB, manual'),
	(1, 8, 20, '2026-11-10 09:30:00+00', 'owner', 'refund', '500.00 RUB, manual'),
	(1, 4, 21, '2026-11-10 09:30:00+00', 'owner', 'cancelled', ''),
	(1, 6, 22, '2026-11-10 09:30:00+00', 'owner', 'sent', ''),
	(1, 7, 23, '2026-11-10 09:30:00+00', 'owner', 'sent', ''),
	(1, 7, 24, '2026-11-10 09:30:00+00', 'owner', 'returned', ''),
	(1, 12, 25, '2026-11-10 09:30:00+00', 'owner', 'hidden', ''),
	(1, 13, 26, '2026-11-10 14:30:00+00', 'deadline', 'cancelled', ''),
	(1, 10, 27, '2026-11-10 14:30:00+00', 'purchase', 'pin code', ''),
	(1, 11, 28, '2026-11-10 14:30:00+00', 'purchase', 'pin code', '');

INSERT INTO public.order_items VALUES
	(1, 1, 0, 1, 'course', 'The course', 1500.50, 1350.45, '', false),
	(1, 2, 0, 1, 'course', 'The course', 1500.50, 1425.47, '', false),
	(1, 2, 1, 2, 'book', 'The Book', 20.00, 19.00, '', false),
	(1, 3, 0, 2, 'book', 'The Book', 20.00, 15.00, '', false),
	(1, 4, 0, 2, 'book', 'The Book', 20.00, 20.00, '', false),
	(1, 5, 0, 4, 'slow', 'Slow', 300.00, 300.00, '', false),
	(1, 6, 0, 2, 'book', 'The Book', 20.00, 20.00, '', false),
	(1, 7, 0, 2, 'book', 'The Book', 20.00, 20.00, '', false),
	(1, 8, 0, 1, 'course', 'The course', 1500.50, 1500.50, '', false),
	(1, 12, 0, 2, 'book', 'The Book', 20.00, 20.00, '', false),
	(1, 13, 0, 4, 'slow', 'Slow', 300.00, 300.00, '', false),
	(2, 14, 0, 7, 'course', 'Their course', 10.00, 10.00, '', false),
	(1, 9, 0, 3, 'licence', 'Licence', 50.00, 50.00, 'AAA-1', false),
	(1, 9, 1, 3, 'licence', 'Licence', 50.00, 50.00, 'AAA-2', false),
	(1, 10, 0, 3, 'licence', 'Licence', 50.00, 50.00, 'BBB-1', false),
	(1, 11, 0, 3, 'licence', 'Licence', 50.00, 50.00, 'BBB-2', false);

INSERT INTO public.orders OVERRIDING SYSTEM VALUE VALUES
	(1, 3, 28, 'waiting', 'buyer@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 15.00, 0.00, 'once', 3, '', '', '', 'api', '', '', NULL, NULL, NULL, 'a665834f-db17-dfe0-dad5-245cc20f6372', '2026-11-10 09:18:00+00', NULL, NULL, NULL, NULL, NULL),
	(1, 1, 2, 'paid', 'person1@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 1350.45, 1350.45, 'SPRING', 1, 't', 'c', '', 'api', '', '', 1, '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}', NULL, NULL, '2026-11-10 09:16:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 2, 3, 'paid', 'person2@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 1444.47, 1444.47, 'ANNA', 2, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:17:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 9, 11, 'paid', 'person10@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 100.00, 100.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:24:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 10, 12, 'paid', 'person11@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 50.00, 50.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:25:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 11, 14, 'paid', 'person13@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 50.00, 50.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:26:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(2, 14, 1, 'paid', 'person0@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'USD', 10.00, 10.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:29:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 5, 5, 'waiting', 'person4@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 300.00, 100.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:20:00+00', NULL, NULL, NULL, NULL, NULL),
	(1, 8, 9, 'paid', 'person8@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 1500.50, 1000.50, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:23:00+00', NULL, '2026-11-10 09:30:00+00', NULL, NULL, NULL),
	(1, 4, 29, 'cancelled', 'buyer2@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 20.00, 0.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:19:00+00', NULL, NULL, NULL, '2026-11-10 09:30:00+00', NULL),
	(1, 6, 6, 'sent', 'person5@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 20.00, 20.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:21:00+00', NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', NULL, NULL),
	(1, 7, 8, 'returned', 'person7@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 20.00, 20.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:22:00+00', NULL, '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', NULL),
	(1, 12, 15, 'waiting', 'person14@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 20.00, 0.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:27:00+00', NULL, NULL, NULL, NULL, '2026-11-10 09:30:00+00'),
	(1, 13, 17, 'cancelled', 'person16@example.com', 'Anna', 'Berg', '', '', 'RUS', '', 'Moscow', 'Street 1', '', '', 'RUB', 300.00, 0.00, '', NULL, '', '', '', 'api', '', '', NULL, NULL, NULL, NULL, '2026-11-10 09:28:00+00', NULL, NULL, NULL, '2026-11-10 14:30:00+00', NULL);

INSERT INTO public.partner_contacts VALUES
	(1, 2, 2, '2026-11-10 09:08:20+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 6, 4, '2026-11-10 09:09:00+00', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 5, 6, '2026-11-10 09:09:40+00', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 2, 8, '2026-11-10 09:10:20+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 6, 10, '2026-11-10 09:11:00+00', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 5, 12, '2026-11-10 09:11:40+00', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 2, 14, '2026-11-10 09:12:20+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 6, 16, '2026-11-10 09:13:00+00', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 5, 18, '2026-11-10 09:13:40+00', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 2, 20, '2026-11-10 09:14:20+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 6, 22, '2026-11-10 09:15:00+00', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 5, 24, '2026-11-10 09:15:40+00', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 1, 2, '2026-11-10 09:16:00+00', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 1, 3, '2026-11-10 09:17:00+00', NULL),
	(1, 2, 28, '2026-11-10 09:18:00+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 2, 6, '2026-11-10 09:21:00+00', NULL),
	(1, 2, 9, '2026-11-10 09:23:00+00', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}');

INSERT INTO public.partner_days VALUES
	(2, 6, '2026-11-10', 0, 4, 0, 0, 0, 0.00, 0.00),
	(1, 5, '2026-11-10', 1, 4, 1, 1, 0, 5.00, 0.00),
	(1, 1, '2026-11-10', 3, 2, 2, 2, 1, 842.98, 0.00),
	(1, 2, '2026-11-10', 1, 7, 5, 4, 0, 209.10, 20.00);

INSERT INTO public.partner_rates VALUES
	(1, 1, 0, 1, NULL, 30.0000);

INSERT INTO public.partners OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'anna', '', 'anna@partners.test', NULL, 'active', '2026-11-10 09:00:00+00', '2026-11-10 09:00:00+00'),
	(1, 2, 'boris', '', 'boris@partners.test', 1, 'active', '2026-11-10 09:00:00+00', '2026-11-10 09:00:00+00'),
	(1, 4, 'waiting', '', 'waiting@partners.test', NULL, 'waiting', '2026-11-10 09:00:00+00', NULL),
	(2, 6, 'anna', '', 'anna@partners.test', NULL, 'active', '2026-11-10 09:00:00+00', '2026-11-10 09:00:00+00'),
	(1, 3, 'idle', '', '', NULL, 'suspended', '2026-11-10 09:00:00+00', '2026-11-10 09:00:00+00'),
	(1, 5, 'newcomer', '', 'newcomer@partners.test', NULL, 'active', '2026-11-10 09:00:00+00', '2026-11-10 09:03:00+00');

INSERT INTO public.payment_channels VALUES
	(1, 'stripe', '\x2f76572a8a1f68862076c3eb95af253fd37ab6ce8375f0d008767d6ac5f7ccea898e22cb0b87744261ccb6e29a9ea8e17416bf2706ce7861addad2a83777997f8ca15f6b819545bd8171fb5b30ca33c03b', '2026-11-10 09:03:00+00');

INSERT INTO public.payments OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 1, 'payment', 1350.45, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 2, 2, 'payment', 1444.47, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 3, 8, 'payment', 1500.50, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 4, 9, 'payment', 100.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 5, 10, 'payment', 50.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 6, 11, 'payment', 50.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(2, 7, 14, 'payment', 10.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 8, 6, 'payment', 20.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 9, 7, 'payment', 20.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 10, 5, 'payment', 100.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', ''),
	(1, 11, 8, 'refund', 500.00, 'manual', '', '2026-11-10 09:30:00+00', '2026-11-10 09:30:00+00', '');

INSERT INTO public.payouts OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 2, 20.00, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', 'first', 'owner');

INSERT INTO public.pin_codes OVERRIDING SYSTEM VALUE VALUES
	(1, 3, 1, 'AAA-1', 9, 0, '2026-11-10 09:30:00+00'),
	(1, 3, 2, 'AAA-2', 9, 1, '2026-11-10 09:30:00+00'),
	(1, 3, 5, 'BBB-3', NULL, NULL, NULL),
	(1, 3, 3, 'BBB-1', 10, 0, '2026-11-10 14:30:00+00'),
	(1, 3, 4, 'BBB-2', 11, 0, '2026-11-10 14:30:00+00'),
	(1, 3, 6, 'CCC-1', NULL, NULL, NULL),
	(1, 3, 7, 'DDD-1', NULL, NULL, NULL);

INSERT INTO public.postbacks VALUES
	(1, 2, 'https://boris.example/told', '{bill}');

INSERT INTO public.procrastinate_events VALUES
	(1, 1, 'deferred', '2026-11-28 05:18:04.171108+00'),
	(2, 2, 'deferred', '2026-11-28 05:18:04.171108+00'),
	(3, 3, 'deferred', '2026-11-28 05:18:04.171108+00'),
	(4, 4, 'deferred', '2026-11-28 05:18:04.171108+00');

INSERT INTO public.procrastinate_jobs VALUES
	(1, 'enlist', 'partners.post_back', 0, NULL, NULL, '{"order_id": 8, "account_id": 1, "partner_id": 2}', 'todo', NULL, 0, false, NULL),
	(2, 'enlist', 'partners.post_back', 0, NULL, NULL, '{"order_id": 11, "account_id": 1, "partner_id": 2}', 'todo', NULL, 0, false, NULL),
	(3, 'enlist', 'partners.post_back', 0, NULL, NULL, '{"order_id": 6, "account_id": 1, "partner_id": 2}', 'todo', NULL, 0, false, NULL),
	(4, 'enlist', 'partners.post_back', 0, NULL, NULL, '{"order_id": 7, "account_id": 1, "partner_id": 2}', 'todo', NULL, 0, false, NULL);

INSERT INTO public.product_categories OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'Courses', '2026-11-10 09:00:00+00');

INSERT INTO public.products OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'course', 'digital', 'The course', 1, 1500.50, '{buyers}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, 20.0000, NULL, NULL, true, 'https://landing.example/course?lang=en#buy', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL),
	(1, 3, 'licence', 'digital', 'Licence', NULL, 50.00, '{}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL),
	(1, 4, 'slow', 'digital', 'Slow', NULL, 300.00, '{}', true, false, '03:00:00', 100.00, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL),
	(1, 6, 'free-will', 'floating', 'As you like', NULL, 5.00, '{}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL),
	(1, 5, 'gone', 'digital', 'Gone', NULL, 3.00, '{}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', '2026-11-10 09:03:00+00'),
	(2, 7, 'course', 'digital', 'Their course', NULL, 10.00, '{}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', false, 'none', '', '{}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL),
	(1, 2, 'book', 'physical', 'The Book', NULL, 20.00, '{}', true, false, NULL, NULL, '', '', '', 'text', '', '', '', '', '', true, 'none', '', '{LVA,RUS}', NULL, NULL, NULL, NULL, false, '', '', '', NULL, NULL, '2026-11-10 09:03:00+00', NULL);

INSERT INTO public.profiles VALUES
	(1, '01a1c5dd-a640-790e-a00c-b1adf9668fcc', '2026-11-10 14:30:00+00', 700000000, '1992-03-07', '192.0.2.1', 'N0', 'f', 'LV', '', 'Riga', 'Europe/Riga'),
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', '2026-11-10 14:30:00+00', 700000001, '1992-03-07', '192.0.2.1', 'N1', 'm', 'RU', 'Moscow', 'Moscow', 'Europe/Moscow'),
	(1, '01a1c5dd-a640-75bd-8770-20cdb0c808d5', '2026-11-10 14:30:00+00', 700000002, '1992-03-07', '192.0.2.1', 'N2', 'f', 'LV', '', 'Riga', 'Europe/Riga'),
	(1, '01a1c5dd-a640-71ac-85fb-52e88340a3e9', '2026-11-10 14:30:00+00', 700000003, '1992-03-07', '192.0.2.1', 'N3', 'm', 'RU', 'Moscow', 'Moscow', 'Europe/Moscow'),
	(1, '01a1c5dd-a640-7cea-95c5-f9b4fe29e9cf', '2026-11-10 14:30:00+00', 700000004, '1992-03-07', '192.0.2.1', 'N4', 'f', 'LV', '', 'Riga', 'Europe/Riga'),
	(1, '01a1c5dd-a640-762b-aaa5-b0ffa8067652', '2026-11-10 14:30:00+00', 700000005, '1992-03-07', '192.0.2.1', 'N5', 'm', 'RU', 'Moscow', 'Moscow', 'Europe/Moscow'),
	(1, '01a1c5dd-a640-7a20-b3a2-347c7849d38d', '2026-11-10 14:30:00+00', 700000006, '1992-03-07', '192.0.2.1', 'N6', 'f', 'LV', '', 'Riga', 'Europe/Riga'),
	(1, '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', '2026-11-10 14:30:00+00', 700000007, '1992-03-07', '192.0.2.1', 'N7', 'm', 'RU', 'Moscow', 'Moscow', 'Europe/Moscow'),
	(2, '01a1c5dd-a640-7c7b-b0b4-8ebc34283438', '2026-11-10 14:30:00+00', 700000000, '1992-03-07', '192.0.2.1', 'N0', 'f', 'LV', '', 'Riga', 'Europe/Riga'),
	(2, '01a1c5dd-a640-70d9-b5c0-b8bb1cde2778', '2026-11-10 14:30:00+00', 700000001, '1992-03-07', '192.0.2.1', 'N1', 'm', 'RU', 'Moscow', 'Moscow', 'Europe/Moscow');

INSERT INTO public.programmes VALUES
	(1, NULL, 10.0000, NULL, 5.0000, NULL, 'last', false, false, true, true, false, 'The Shop', 'PayPal', ''),
	(2, NULL, 10.0000, NULL, 5.0000, NULL, 'last', false, false, true, true, false, 'The Shop', 'PayPal', '');

INSERT INTO public.refid_months VALUES
	(1, '2026-11-01', 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-api'),
	(1, '2026-11-01', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'sms', 'ch-sms'),
	(2, '2026-11-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-api'),
	(2, '2026-11-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-direct_src-1'),
	(2, '2026-11-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'sms', 'ch-sms'),
	(1, '2026-11-01', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-direct_src-1'),
	(1, '2026-11-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-other'),
	(1, '2026-11-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'email', 'ch-late');

INSERT INTO public.sale_fees VALUES
	(1, 1, 0, 1, 1, 1, 405.14),
	(1, 2, 0, 1, 1, 1, 427.64),
	(1, 2, 1, 1, 1, 2, 5.70),
	(1, 3, 0, 1, 2, 2, 1.50),
	(1, 3, 0, 2, 1, 2, 0.75),
	(1, 6, 0, 1, 2, 2, 2.00),
	(1, 6, 0, 2, 1, 2, 1.00),
	(1, 7, 0, 1, 2, 2, 2.00),
	(1, 7, 0, 2, 1, 2, 1.00),
	(1, 8, 0, 1, 2, 1, 300.10),
	(1, 8, 0, 2, 1, 1, 0.00),
	(1, 10, 0, 1, 5, 3, 5.00),
	(1, 11, 0, 1, 2, 3, 5.00),
	(1, 11, 0, 2, 1, 3, 2.50);

INSERT INTO public.sales VALUES
	(1, 3, 28, '2026-11-10 09:18:00+00', 2, 1, 'last click', '{"at": "2026-11-10T09:18:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "cookie"}', true, NULL),
	(1, 1, 2, '2026-11-10 09:16:00+00', 1, NULL, 'last click', '{"at": "2026-11-10T09:16:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}, "source": "request"}', true, '2026-11-10 09:30:00+00'),
	(1, 2, 3, '2026-11-10 09:17:00+00', 1, NULL, 'coupon', NULL, true, '2026-11-10 09:30:00+00'),
	(1, 8, 9, '2026-11-10 09:23:00+00', 2, 1, 'last click', '{"at": "2026-11-10T09:23:00Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "cookie"}', true, '2026-11-10 09:30:00+00'),
	(1, 10, 12, '2026-11-10 09:25:00+00', 5, NULL, 'last click', '{"at": "2026-11-10T09:11:40Z", "marks": {"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}, "source": "request"}', true, '2026-11-10 09:30:00+00'),
	(1, 11, 14, '2026-11-10 09:26:00+00', 2, 1, 'last click', '{"at": "2026-11-10T09:12:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}', true, '2026-11-10 09:30:00+00'),
	(1, 6, 6, '2026-11-10 09:21:00+00', 2, 1, 'named', NULL, true, '2026-11-10 09:30:00+00'),
	(1, 7, 8, '2026-11-10 09:22:00+00', 2, 1, 'last click', '{"at": "2026-11-10T09:10:20Z", "marks": {"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}, "source": "request"}', true, '2026-11-10 09:30:00+00');

INSERT INTO public.segment_changes OVERRIDING SYSTEM VALUE VALUES
	(1, 15, '{01a1c5dd-a640-79aa-ae54-e0f2f0ce572b}', 'buy', NULL, '2026-11-10 14:40:00+00');

INSERT INTO public.segment_members VALUES
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', 2, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-71ac-85fb-52e88340a3e9', 2, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-762b-aaa5-b0ffa8067652', 2, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', 2, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-790e-a00c-b1adf9668fcc', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-75bd-8770-20cdb0c808d5', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-71ac-85fb-52e88340a3e9', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-7cea-95c5-f9b4fe29e9cf', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-762b-aaa5-b0ffa8067652', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-7a20-b3a2-347c7849d38d', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', 3, '2026-11-10 14:30:00+00'),
	(1, '01a1c5dd-a640-71ac-85fb-52e88340a3e9', 1, '2026-11-10 14:40:00+00'),
	(1, '01a1c5dd-a640-762b-aaa5-b0ffa8067652', 1, '2026-11-10 14:40:00+00'),
	(1, '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', 1, '2026-11-10 14:40:00+00'),
	(1, '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', 1, '2026-11-10 14:40:00+00');

INSERT INTO public.segment_sites VALUES
	(1, 1, 3);

INSERT INTO public.segment_states VALUES
	(1, 2, 1, 4, '2026-11-10 14:30:00+00', '00:00:00.018969', false, '2026-11-10 14:30:00+00', NULL, ''),
	(1, 1, 1, 4, '2026-11-10 14:30:00+00', '00:00:00.003582', true, '2026-11-10 14:40:00+00', NULL, ''),
	(1, 3, 1, 8, '2026-11-10 14:30:00+00', '00:00:00.001591', true, '2026-11-10 14:40:00+00', NULL, '');

INSERT INTO public.segments VALUES
	(1, 1, 'Buyers', '{"type": "action", "labels": ["buy"], "within": {"days": 2}}', 1, '2026-11-10 14:30:00+00'),
	(1, 3, 'Old', '{"type": "age", "at_least": 20}', 1, '2026-11-10 14:30:00+00'),
	(1, 2, 'Russia', '{"type": "country", "any_of": ["RU"]}', 1, '2026-11-10 14:30:00+00');

INSERT INTO public.site_groups VALUES
	(1, 1, 4),
	(2, 2, 7);

INSERT INTO public.sites OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 'main', '\xe896c3c779560d2cf6b52ece90d2936c1a77daf107a8077c1abf6c5a4893dbe4', 'Europe/Moscow', '2026-11-10 09:00:00+00'),
	(2, 2, 'other', '\x1104878383b137fc1358d5d364a1ad2ead22340e0e3927c7552ab8580dd726a8', 'Europe/Riga', '2026-11-10 09:00:00+00');

INSERT INTO public.subscription_changes OVERRIDING SYSTEM VALUE VALUES
	(1, 1, '01a1c5dd-a640-790e-a00c-b1adf9668fcc', 'email', 'user0@example.com', false, 'request', '2026-11-10 14:30:00+00'),
	(1, 2, '01a1c5dd-a640-7cea-95c5-f9b4fe29e9cf', 'email', 'user4@example.com', false, 'request', '2026-11-10 14:34:00+00'),
	(2, 3, '01a1c5dd-a640-7c7b-b0b4-8ebc34283438', 'email', 'user8@example.com', false, 'request', '2026-11-10 14:38:00+00');

INSERT INTO public.subscriptions VALUES
	(1, 'sms', '79000000000', '01a1c5dd-a640-790e-a00c-b1adf9668fcc', '79000000000', true, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', '', '', 'ch-sms', '', '', '', ''),
	(1, 'email', 'user0@example.com', '01a1c5dd-a640-790e-a00c-b1adf9668fcc', 'User0@Example.com', false, '2026-11-10 14:30:00+00', '2026-11-10 14:30:00+00', 'request', 'https://r.example/', 'ch-api', '', 'x', '', ''),
	(1, 'email', 'user2@example.com', '01a1c5dd-a640-75bd-8770-20cdb0c808d5', 'User2@Example.com', true, '2026-11-10 14:32:00+00', '2026-11-10 14:32:00+00', '', 'https://r.example/', 'ch-api', '', 'x', '', ''),
	(1, 'email', 'user3@example.com', '01a1c5dd-a640-71ac-85fb-52e88340a3e9', 'User3@Example.com', true, '2026-11-10 14:33:00+00', '2026-11-10 14:33:00+00', '', 'https://r.example/', 'ch-direct_src-1', '', 'x', '', ''),
	(1, 'sms', '79000000003', '01a1c5dd-a640-71ac-85fb-52e88340a3e9', '79000000003', true, '2026-11-10 14:33:00+00', '2026-11-10 14:33:00+00', '', '', 'ch-sms', '', '', '', ''),
	(1, 'email', 'user4@example.com', '01a1c5dd-a640-7cea-95c5-f9b4fe29e9cf', 'User4@Example.com', false, '2026-11-10 14:34:00+00', '2026-11-10 14:34:00+00', 'request', 'https://r.example/', 'ch-api', '', 'x', '', ''),
	(1, 'email', 'user5@example.com', '01a1c5dd-a640-762b-aaa5-b0ffa8067652', 'User5@Example.com', true, '2026-11-10 14:35:00+00', '2026-11-10 14:35:00+00', '', 'https://r.example/', 'ch-direct_src-1', '', 'x', '', ''),
	(1, 'email', 'user6@example.com', '01a1c5dd-a640-7a20-b3a2-347c7849d38d', 'User6@Example.com', true, '2026-11-10 14:36:00+00', '2026-11-10 14:36:00+00', '', 'https://r.example/', 'ch-api', '', 'x', '', ''),
	(1, 'sms', '79000000006', '01a1c5dd-a640-7a20-b3a2-347c7849d38d', '79000000006', true, '2026-11-10 14:36:00+00', '2026-11-10 14:36:00+00', '', '', 'ch-sms', '', '', '', ''),
	(1, 'email', 'user7@example.com', '01a1c5dd-a640-7d2a-aeac-a4a40a7a705f', 'User7@Example.com', true, '2026-11-10 14:37:00+00', '2026-11-10 14:37:00+00', '', 'https://r.example/', 'ch-direct_src-1', '', 'x', '', ''),
	(2, 'email', 'user8@example.com', '01a1c5dd-a640-7c7b-b0b4-8ebc34283438', 'User8@Example.com', false, '2026-11-10 14:38:00+00', '2026-11-10 14:38:00+00', 'request', 'https://r.example/', 'ch-api', '', 'x', '', ''),
	(2, 'email', 'user9@example.com', '01a1c5dd-a640-70d9-b5c0-b8bb1cde2778', 'User9@Example.com', true, '2026-11-10 14:39:00+00', '2026-11-10 14:39:00+00', '', 'https://r.example/', 'ch-direct_src-1', '', 'x', '', ''),
	(2, 'sms', '79000000009', '01a1c5dd-a640-70d9-b5c0-b8bb1cde2778', '79000000009', true, '2026-11-10 14:39:00+00', '2026-11-10 14:39:00+00', '', '', 'ch-sms', '', '', '', ''),
	(1, 'email', 'user1@example.com', '01a1c5dd-a640-79aa-ae54-e0f2f0ce572b', 'User1@Example.com', true, '2026-11-10 14:31:00+00', '2026-11-10 14:31:00+00', '', 'https://r.example/', 'ch-other', '', 'x', '', ''),
	(1, 'email', 'late@example.com', '01a1c5dd-a640-790e-a00c-b1adf9668fcc', 'late@example.com', true, '2026-11-10 14:40:00+00', '2026-11-10 14:40:00+00', '', '', 'ch-late', '', '', '', '');

INSERT INTO public.touches VALUES
	(1, 2, '2026-11-10 09:03:20+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 2, '2026-11-10 09:08:20+00', 'request', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 4, '2026-11-10 09:09:00+00', 'request', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 6, '2026-11-10 09:04:40+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 6, '2026-11-10 09:09:40+00', 'request', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 8, '2026-11-10 09:10:20+00', 'request', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 10, '2026-11-10 09:06:00+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 10, '2026-11-10 09:11:00+00', 'request', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 12, '2026-11-10 09:11:40+00', 'request', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 14, '2026-11-10 09:07:20+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 14, '2026-11-10 09:12:20+00', 'request', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 16, '2026-11-10 09:13:00+00', 'request', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 18, '2026-11-10 09:08:40+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 18, '2026-11-10 09:13:40+00', 'request', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 20, '2026-11-10 09:14:20+00', 'request', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(2, 22, '2026-11-10 09:10:00+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(2, 22, '2026-11-10 09:15:00+00', 'request', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 24, '2026-11-10 09:15:40+00', 'request', '{"utm_medium": "affiliate", "utm_source": "newcomer", "utm_campaign": "spring"}'),
	(1, 2, '2026-11-10 09:16:00+00', 'request', '{"utm_medium": "affiliate", "utm_source": "anna", "utm_campaign": "spring"}'),
	(1, 3, '2026-11-10 09:17:00+00', 'coupon', '{"utm_medium": "affiliate", "utm_source": "anna"}'),
	(1, 28, '2026-11-10 09:18:00+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}'),
	(1, 9, '2026-11-10 09:23:00+00', 'cookie', '{"utm_medium": "affiliate", "utm_source": "boris", "utm_campaign": "spring"}');

SELECT pg_catalog.setval('public.accounts_id_seq', 2, true);

SELECT pg_catalog.setval('public.clicks_id_seq', 9, true);

SELECT pg_catalog.setval('public.contact_changes_id_seq', 9, true);

SELECT pg_catalog.setval('public.contacts_id_seq', 60, true);

SELECT pg_catalog.setval('public.coupons_id_seq', 4, true);

SELECT pg_catalog.setval('public.fact_retries_id_seq', 1, true);

SELECT pg_catalog.setval('public.facts_id_seq', 164, true);

SELECT pg_catalog.setval('public.groups_id_seq', 10, true);

SELECT pg_catalog.setval('public.lead_decisions_id_seq', 12, true);

SELECT pg_catalog.setval('public.ledger_id_seq', 13, true);

SELECT pg_catalog.setval('public.letters_id_seq', 17, true);

SELECT pg_catalog.setval('public.managers_id_seq', 2, true);

SELECT pg_catalog.setval('public.order_changes_id_seq', 28, true);

SELECT pg_catalog.setval('public.orders_id_seq', 14, true);

SELECT pg_catalog.setval('public.partners_id_seq', 6, true);

SELECT pg_catalog.setval('public.payments_id_seq', 11, true);

SELECT pg_catalog.setval('public.payouts_id_seq', 1, true);

SELECT pg_catalog.setval('public.pin_codes_id_seq', 7, true);

SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 4, true);

SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 4, true);

SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);

SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 1, false);

SELECT pg_catalog.setval('public.product_categories_id_seq', 1, true);

SELECT pg_catalog.setval('public.products_id_seq', 7, true);

SELECT pg_catalog.setval('public.segment_changes_id_seq', 15, true);

SELECT pg_catalog.setval('public.sites_id_seq', 2, true);

SELECT pg_catalog.setval('public.subscription_changes_id_seq', 3, true);

ALTER TABLE ONLY public.account_domains
    ADD CONSTRAINT account_domains_pkey PRIMARY KEY (domain);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.action_diagnostic_rings
    ADD CONSTRAINT action_diagnostic_rings_pkey PRIMARY KEY (site_id);

ALTER TABLE ONLY public.action_diagnostics
    ADD CONSTRAINT action_diagnostics_pkey PRIMARY KEY (site_id, slot);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.click_visitors
    ADD CONSTRAINT click_visitors_pkey PRIMARY KEY (account_id, visitor);

ALTER TABLE ONLY public.clicks
    ADD CONSTRAINT clicks_pkey PRIMARY KEY (account_id, partner_id, id);

ALTER TABLE ONLY public.contact_cards
    ADD CONSTRAINT contact_cards_pkey PRIMARY KEY (account_id, contact_id);

ALTER TABLE ONLY public.contact_changes
    ADD CONSTRAINT contact_changes_pkey PRIMARY KEY (account_id, contact_id, id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_account_id_email_key_key UNIQUE (account_id, email_key);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.coupons
    ADD CONSTRAINT coupons_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.fact_retries
    ADD CONSTRAINT fact_retries_pkey PRIMARY KEY (id, owner_id);

ALTER TABLE ONLY public.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY (id, owner_id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_account_id_name_key UNIQUE (account_id, name);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.lead_decisions
    ADD CONSTRAINT lead_decisions_pkey PRIMARY KEY (account_id, contact_id, id);

ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.managers
    ADD CONSTRAINT managers_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (account_id, contact_id, group_id);

ALTER TABLE ONLY public.order_changes
    ADD CONSTRAINT order_changes_pkey PRIMARY KEY (account_id, order_id, id);

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_pkey PRIMARY KEY (account_id, order_id, place);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.partner_contacts
    ADD CONSTRAINT partner_contacts_pkey PRIMARY KEY (account_id, partner_id, contact_id);

ALTER TABLE ONLY public.partner_days
    ADD CONSTRAINT partner_days_pkey PRIMARY KEY (account_id, partner_id, day);

ALTER TABLE ONLY public.partner_rates
    ADD CONSTRAINT partner_rates_pkey PRIMARY KEY (account_id, partner_id, product_id, level);

ALTER TABLE ONLY public.partners
    ADD CONSTRAINT partners_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.payment_channels
    ADD CONSTRAINT payment_channels_pkey PRIMARY KEY (account_id, channel);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.payouts
    ADD CONSTRAINT payouts_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.pin_codes
    ADD CONSTRAINT pin_codes_account_id_product_id_code_key UNIQUE (account_id, product_id, code);

ALTER TABLE ONLY public.pin_codes
    ADD CONSTRAINT pin_codes_pkey PRIMARY KEY (account_id, product_id, id);

ALTER TABLE ONLY public.postbacks
    ADD CONSTRAINT postbacks_pkey PRIMARY KEY (account_id, partner_id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_account_id_title_key UNIQUE (account_id, title);

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (site_id, profile_id);

ALTER TABLE ONLY public.programmes
    ADD CONSTRAINT programmes_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY public.refid_months
    ADD CONSTRAINT refid_months_pkey PRIMARY KEY (site_id, channel, month, refid);

ALTER TABLE ONLY public.sale_fees
    ADD CONSTRAINT sale_fees_pkey PRIMARY KEY (account_id, order_id, place, level);

ALTER TABLE ONLY public.sales
    ADD CONSTRAINT sales_pkey PRIMARY KEY (account_id, order_id);

ALTER TABLE ONLY public.segment_changes
    ADD CONSTRAINT segment_changes_pkey PRIMARY KEY (site_id, id);

ALTER TABLE ONLY public.segment_members
    ADD CONSTRAINT segment_members_pkey PRIMARY KEY (site_id, profile_id, segment_id);

ALTER TABLE ONLY public.segment_sites
    ADD CONSTRAINT segment_sites_pkey PRIMARY KEY (site_id);

ALTER TABLE ONLY public.segment_states
    ADD CONSTRAINT segment_states_pkey PRIMARY KEY (site_id, segment_id);

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_pkey PRIMARY KEY (site_id, id);

ALTER TABLE ONLY public.segments
    ADD CONSTRAINT segments_site_id_name_key UNIQUE (site_id, name);

ALTER TABLE ONLY public.site_groups
    ADD CONSTRAINT site_groups_pkey PRIMARY KEY (site_id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_account_id_name_key UNIQUE (account_id, name);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_id_key UNIQUE (id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_pkey PRIMARY KEY (site_id, id);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (site_id, channel, address_key, profile_id);

ALTER TABLE ONLY public.touches
    ADD CONSTRAINT touches_pkey PRIMARY KEY (account_id, contact_id, at, source);

CREATE INDEX account_domains_account ON public.account_domains USING btree (account_id);

CREATE UNIQUE INDEX accounts_login ON public.accounts USING btree (lower(login));

CREATE INDEX actions_at ON ONLY public.actions USING btree (site_id, created_at);

CREATE INDEX actions_20261109_site_id_created_at_idx ON public.actions_20261109 USING btree (site_id, created_at);

CREATE INDEX actions_of_profile ON ONLY public.actions USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_20261109_site_id_juid_created_at_idx ON public.actions_20261109 USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_20261116_site_id_created_at_idx ON public.actions_20261116 USING btree (site_id, created_at);

CREATE INDEX actions_20261116_site_id_juid_created_at_idx ON public.actions_20261116 USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_20261123_site_id_created_at_idx ON public.actions_20261123 USING btree (site_id, created_at);

CREATE INDEX actions_20261123_site_id_juid_created_at_idx ON public.actions_20261123 USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_20261130_site_id_created_at_idx ON public.actions_20261130 USING btree (site_id, created_at);

CREATE INDEX actions_20261130_site_id_juid_created_at_idx ON public.actions_20261130 USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_20261207_site_id_created_at_idx ON public.actions_20261207 USING btree (site_id, created_at);

CREATE INDEX actions_20261207_site_id_juid_created_at_idx ON public.actions_20261207 USING btree (site_id, profile_id, created_at);

CREATE INDEX actions_rest_site_id_created_at_idx ON public.actions_rest USING btree (site_id, created_at);

CREATE INDEX actions_rest_site_id_juid_created_at_idx ON public.actions_rest USING btree (site_id, profile_id, created_at);

CREATE INDEX click_visitors_counted ON public.click_visitors USING brin (counted_at) WITH (pages_per_range='16');

CREATE UNIQUE INDEX coupons_code ON public.coupons USING btree (account_id, code_key);

CREATE INDEX fact_retries_due ON public.fact_retries USING btree (due_at);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE UNIQUE INDEX ledger_charges ON public.ledger USING btree (account_id, order_id, place, level) WHERE (kind = 'charge'::text);

CREATE INDEX ledger_of_partner ON public.ledger USING btree (account_id, partner_id);

CREATE INDEX ledger_reversals ON public.ledger USING btree (account_id, order_id, place, level) WHERE (kind = 'reversal'::text);

CREATE INDEX letters_due ON public.letters USING btree (due_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX letters_ended ON public.letters USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX memberships_of_group ON public.memberships USING btree (account_id, group_id, state);

CREATE INDEX order_items_awaiting ON public.order_items USING btree (account_id, product_id, order_id) WHERE awaits_pin;

CREATE INDEX orders_cancel ON public.orders USING btree (cancel_at) WHERE (cancel_at IS NOT NULL);

CREATE INDEX orders_created ON public.orders USING btree (account_id, created_at, id);

CREATE INDEX orders_of_contact ON public.orders USING btree (account_id, contact_id, id);

CREATE UNIQUE INDEX orders_open ON public.orders USING btree (account_id, open_key) WHERE (open_key IS NOT NULL);

CREATE INDEX orders_paid ON public.orders USING btree (account_id, paid_at, id) WHERE (paid_at IS NOT NULL);

CREATE INDEX partners_email ON public.partners USING btree (account_id, lower(email)) WHERE (email <> ''::text);

CREATE UNIQUE INDEX partners_login ON public.partners USING btree (account_id, lower(login));

CREATE INDEX payments_of_order ON public.payments USING btree (account_id, order_id, id);

CREATE UNIQUE INDEX payments_reference ON public.payments USING btree (account_id, channel, kind, reference) WHERE (reference <> ''::text);

CREATE INDEX payouts_of_partner ON public.payouts USING btree (account_id, partner_id, id);

CREATE INDEX pin_codes_free ON public.pin_codes USING btree (account_id, product_id, id) WHERE (order_id IS NULL);

CREATE UNIQUE INDEX pin_codes_issued ON public.pin_codes USING btree (account_id, order_id, place) WHERE (order_id IS NOT NULL);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE UNIQUE INDEX products_name ON public.products USING btree (account_id, name) WHERE (deleted_at IS NULL);

CREATE INDEX profiles_created ON public.profiles USING btree (site_id, created_at);

CREATE INDEX sales_of_partner ON public.sales USING btree (account_id, partner_id, order_id) WHERE (partner_id IS NOT NULL);

CREATE INDEX sales_of_second ON public.sales USING btree (account_id, second_id, order_id) WHERE (second_id IS NOT NULL);

CREATE INDEX segment_members_of ON public.segment_members USING btree (site_id, segment_id, profile_id);

CREATE INDEX segment_states_following ON public.segment_states USING btree (followed_until) WHERE follows_time;

CREATE INDEX site_groups_group ON public.site_groups USING btree (account_id, group_id);

CREATE INDEX subscription_changes_of_profile ON public.subscription_changes USING btree (site_id, profile_id);

CREATE INDEX subscriptions_created ON public.subscriptions USING btree (site_id, channel, created_at) INCLUDE (refid);

CREATE INDEX subscriptions_of_profile ON public.subscriptions USING btree (site_id, profile_id);

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_20261109_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_20261109_site_id_juid_created_at_idx;

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_20261116_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_20261116_site_id_juid_created_at_idx;

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_20261123_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_20261123_site_id_juid_created_at_idx;

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_20261130_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_20261130_site_id_juid_created_at_idx;

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_20261207_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_20261207_site_id_juid_created_at_idx;

ALTER INDEX public.actions_at ATTACH PARTITION public.actions_rest_site_id_created_at_idx;

ALTER INDEX public.actions_of_profile ATTACH PARTITION public.actions_rest_site_id_juid_created_at_idx;

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

ALTER TABLE ONLY public.account_domains
    ADD CONSTRAINT account_domains_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.coupons
    ADD CONSTRAINT coupons_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.groups
    ADD CONSTRAINT groups_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.managers
    ADD CONSTRAINT managers_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.partners
    ADD CONSTRAINT partners_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.partners
    ADD CONSTRAINT partners_account_id_recruited_by_fkey FOREIGN KEY (account_id, recruited_by) REFERENCES public.partners(account_id, id);

ALTER TABLE ONLY public.payment_channels
    ADD CONSTRAINT payment_channels_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE ONLY public.product_categories
    ADD CONSTRAINT product_categories_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.programmes
    ADD CONSTRAINT programmes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.site_groups
    ADD CONSTRAINT site_groups_account_id_group_id_fkey FOREIGN KEY (account_id, group_id) REFERENCES public.groups(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.site_groups
    ADD CONSTRAINT site_groups_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.sites(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);
