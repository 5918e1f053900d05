-- Limits: how many accounts enter each playbook in a local day, which of them wait because there were too many, and what
-- the owners of playbooks must be told.

create table enrollment_day (
    playbook text not null,
    -- The account's local day.
    day bigint not null,
    -- Accounts that came in by themselves; those a person enrolled by hand are not counted.
    entered bigint not null,
    -- The approval about those above a limit, while it waits for its answer.
    approval_id text,
    primary key (playbook, day)
);
create index enrollment_day_asked on enrollment_day (approval_id) where approval_id is not null;

-- Why it was parked, until it begins; the approval that was asked for it; and what the person said.
alter table enrollment add column parked_for text;
alter table enrollment add column approval_id text;
alter table enrollment add column answer text check (answer in ('approved', 'rejected'));
create index enrollment_asked on enrollment (approval_id) where approval_id is not null;

-- What one of our people must be told, which is also the outbox of the mails that tell it.
create table notice (
    -- Derived from what it says, so that nothing is told twice.
    id text primary key,
    at bigint not null,
    kind text not null check (kind in ('breaker_tripped', 'limit_reached', 'condition_unknown', 'silence_alarm',
        'playbook_broken')),
    playbook text not null,
    -- Null: nobody of ours could be found.
    person text,
    text text not null,
    -- When to mail it; null: nothing more happens by itself.
    due_at bigint,
    tries bigint not null default 0,
    -- The mark: written before the mail is handed over, taken back when it certainly was not.
    told_at bigint,
    -- What the relay said, or why it is not told.
    reply text
);
create index notice_due on notice (due_at) where due_at is not null;
create index notice_at on notice (at);
