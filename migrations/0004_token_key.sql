-- What this database signs its unsubscribe links with: 32 random bytes in base64, made when the database is opened.
alter table instance add column token_key text;
