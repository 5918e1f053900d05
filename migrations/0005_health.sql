-- Since when each health model has scored here. From the second row on it is a seam: scores of two models are not
-- compared, and what an earlier model has stored is computed anew when it is asked for.
create table health_model (
    since bigint primary key,
    fingerprint text not null
);

-- The model that gave the score.
alter table health_history add column model text;
