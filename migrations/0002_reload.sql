-- Approvals that are not about one account; and the book in force, so that a restart goes on with it whatever has
-- become of the files. SQLite cannot lift a `not null`, so the table is made anew.

create table approval_of_anything (
    id text primary key,
    kind text not null check (kind in ('step', 'enrollments', 'reload')),
    account_id text,
    enrollment_id text,
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
insert into approval_of_anything (id, kind, account_id, enrollment_id, playbook, step, approver, asked_at, expires_at,
        state, decided_at, decided_by)
    select id, kind, account_id, enrollment_id, playbook, step, approver, asked_at, expires_at, state, decided_at,
        decided_by
    from approval;
drop table approval;
alter table approval_of_anything rename to approval;
create index approval_account on approval (account_id);

-- The version of each playbook that is in force; null: none is any more.
alter table playbook add column version text;
-- Its file is gone: only who is in it goes on.
alter table playbook add column is_withdrawn boolean not null default false;

-- What a version was read from besides its text: its file, and its templates as a JSON object of path to text.
alter table playbook_version add column file text not null default '';
alter table playbook_version add column templates text not null default '{}';

-- The files in force that all playbooks share, by their path in the book.
create table shared_file (
    path text primary key,
    body text not null
);
