-- One text for SQLite and Postgres: text, bigint, boolean, double precision; instants are microseconds since
-- 1970-01-01 UTC, local days are days since 1970-01-01, values and lists are JSON text. Every child carries its
-- account, so a row of one customer cannot point at another's.

-- Which database this is. A virtual one has been written on a virtual clock: its time only moves forward.
create table instance (
    id bigint primary key check (id = 1),
    identity text not null,
    is_virtual boolean not null default false,
    virtual_now bigint
);

create table account (
    id text primary key,
    -- Counts every change of the account's data or desk; a cached copy with another version is not used.
    version bigint not null default 0,
    known_since bigint not null,
    -- When the engine must look at it next; null: never by itself.
    wake_at bigint
);
create index account_wake on account (wake_at) where wake_at is not null;

-- Each change of a field with the instant from which it held. Computed values that tests and what-if runs pin are here too.
create table field_history (
    account_id text not null references account (id),
    field text not null,
    from_at bigint not null,
    value text,
    primary key (account_id, field, from_at)
);

create table contact (
    id text primary key,
    account_id text not null references account (id),
    unique (account_id, id)
);

create table contact_field (
    account_id text not null,
    contact_id text not null,
    field text not null,
    from_at bigint not null,
    value text,
    primary key (contact_id, field, from_at),
    foreign key (account_id, contact_id) references contact (account_id, id)
);
create index contact_field_account on contact_field (account_id);

create table metric (
    account_id text not null references account (id),
    metric text not null,
    day bigint not null,
    value double precision not null,
    primary key (account_id, metric, day)
);

create table event (
    source text not null,
    id text not null,
    account_id text not null references account (id),
    kind text not null,
    contact_id text,
    at bigint not null,
    fields text not null,
    primary key (source, id),
    foreign key (account_id, contact_id) references contact (account_id, id)
);
create index event_account on event (account_id, kind, at);

create table person (
    id text primary key,
    name text not null,
    email text,
    manager text,
    roles text not null,
    timezone text,
    slack text
);

create table feed (
    name text primary key,
    seen_at bigint not null
);

create table health_history (
    account_id text not null references account (id),
    day bigint not null,
    score bigint,
    band text,
    -- Dimensions and measures with their contributions, as JSON.
    detail text not null,
    primary key (account_id, day)
);

-- From when each playbook has been live here, and the versions seen.
create table playbook (
    id text primary key,
    live_since bigint,
    held_reason text
);

create table playbook_version (
    playbook text not null,
    version text not null,
    first_seen_at bigint not null,
    body text not null,
    primary key (playbook, version)
);

create table condition_state (
    playbook text not null,
    account_id text not null references account (id),
    truth text not null check (truth in ('yes', 'no', 'unknown')),
    since bigint not null,
    true_since bigint,
    false_at bigint,
    rearmed_at bigint,
    baseline text,
    -- JSON list of text.
    seen text not null,
    primary key (account_id, playbook)
);

create table enrollment (
    id text primary key,
    account_id text not null references account (id),
    playbook text not null,
    version text not null,
    entry_key text not null,
    state text not null check (state in ('pending', 'parked', 'active', 'ended')),
    branch text,
    anchor bigint,
    event_id text,
    enrolled_at bigint not null,
    ended_at bigint,
    outcome text check (outcome in ('won', 'lost', 'neutral')),
    reason text,
    exit_id text,
    goal_since bigint,
    replied boolean not null default false,
    next_step text,
    next_at bigint,
    unique (playbook, account_id, entry_key),
    unique (account_id, id)
);
create index enrollment_account on enrollment (account_id);
create index enrollment_playbook on enrollment (playbook, enrolled_at);

create table step_run (
    account_id text not null,
    enrollment_id text not null,
    step text not null,
    occurrence bigint not null default 0,
    state text not null,
    due_at bigint not null,
    since bigint not null,
    ended_at bigint,
    reason text,
    reminders bigint not null default 0,
    primary key (enrollment_id, step, occurrence),
    foreign key (account_id, enrollment_id) references enrollment (account_id, id)
);
create index step_run_account on step_run (account_id);

create table task (
    id text primary key,
    account_id text not null,
    enrollment_id text not null,
    playbook text not null,
    step text not null,
    assignee text,
    title text not null,
    body text,
    priority text not null,
    state text not null check (state in ('open', 'acknowledged', 'snoozed', 'done', 'cancelled')),
    due_day bigint,
    created_at bigint not null,
    acknowledged_at bigint,
    done_at bigint,
    snoozed_until bigint,
    checklist text not null,
    foreign key (account_id, enrollment_id) references enrollment (account_id, id)
);
create index task_account on task (account_id);
create index task_assignee on task (assignee) where state in ('open', 'acknowledged', 'snoozed');

create table approval (
    id text primary key,
    kind text not null check (kind in ('step', 'enrollments', 'reload')),
    account_id text not null,
    enrollment_id text not null,
    playbook text not null,
    step text,
    approver text,
    asked_at bigint not null,
    expires_at bigint,
    state text not null check (state in ('waiting', 'approved', 'rejected', 'expired')),
    decided_at bigint,
    decided_by text,
    foreign key (account_id, enrollment_id) references enrollment (account_id, id)
);
create index approval_account on approval (account_id);

create table delivery (
    id text primary key,
    account_id text not null,
    enrollment_id text not null,
    playbook text not null,
    step text not null,
    occurrence bigint not null,
    channel text not null,
    contact_id text,
    to_text text not null,
    subject text,
    class text not null,
    -- enrollment/step/occurrence/recipient: what may never be sent twice.
    dedupe_key text not null unique,
    message text not null,
    state text not null check (state in ('queued', 'held', 'claimed', 'committing', 'sent', 'uncertain', 'dead',
        'cancelled', 'suppressed', 'expired')),
    reason text,
    queued_at bigint not null,
    due_at bigint not null,
    not_after bigint not null,
    attempts bigint not null default 0,
    -- Grows with every claim; every write of a worker carries it.
    fence bigint not null default 0,
    owner text,
    lease_until bigint,
    sent_at bigint,
    reply text,
    foreign key (account_id, enrollment_id) references enrollment (account_id, id),
    foreign key (account_id, contact_id) references contact (account_id, id)
);
create index delivery_queued on delivery (due_at, id) where state = 'queued';
create index delivery_leased on delivery (lease_until) where state in ('claimed', 'committing');
create index delivery_account on delivery (account_id);

create table attempt (
    delivery_id text not null references delivery (id),
    n bigint not null,
    fence bigint not null,
    at bigint not null,
    outcome text not null,
    reply text,
    primary key (delivery_id, n)
);

-- Addresses that must not be mailed, in lower case.
create table blocked_address (
    address text primary key,
    reason text not null,
    at bigint not null
);

create table silence (
    id text primary key,
    account_id text references account (id),
    playbook text,
    channel text,
    from_at bigint not null,
    until_at bigint,
    who text not null,
    why text not null
);

-- The timeline: one row per line, in the order it was written.
create table history (
    seq bigint primary key,
    at bigint not null,
    zone text not null,
    account_id text not null references account (id),
    playbook text not null,
    version text not null,
    enrollment_id text,
    kind text not null,
    step text,
    action text,
    to_text text,
    result text not null,
    reason text,
    detail text
);
create index history_account on history (account_id, seq);

-- What people did by hand.
create table audit (
    seq bigint primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    object text not null,
    detail text
);

-- The next number of what is numbered in the order of the commits.
create table counter (
    name text primary key,
    next bigint not null
);
insert into counter (name, next) values ('history', 1), ('audit', 1);
