BEGIN TRANSACTION;
CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        origin TEXT NOT NULL UNIQUE,            -- PROGRAM:ID, what an import knows it by
        title TEXT NOT NULL DEFAULT '',
        title_key TEXT NOT NULL DEFAULT '',     -- without case and accents
        titled INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,            -- microseconds since 1970, UTC
        updated_at INTEGER NOT NULL,
        deleted_at INTEGER,                     -- in the trash since
        pinned INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        message_count INTEGER NOT NULL DEFAULT 0,
        leaf INTEGER,                           -- end of the active path
        model TEXT,
        tags TEXT NOT NULL DEFAULT '[]',        -- JSON
        tag_key TEXT NOT NULL DEFAULT '',       -- one folded tag a line, each between line feeds
        owner TEXT,                             -- the session that made it
        system TEXT NOT NULL DEFAULT '',
        parameters TEXT NOT NULL DEFAULT '{}',  -- JSON
        hues TEXT NOT NULL DEFAULT '{}',        -- JSON
        pins TEXT NOT NULL DEFAULT '[]',        -- JSON: ids of messages that no request leaves out
        draft TEXT NOT NULL DEFAULT ''
    );
INSERT INTO "conversations" VALUES(1,'segue:e861c803195bf0545c1e804f96d75046','Versions and branches','versions and branches',0,1795971767778067,1795971767940639,NULL,0,0,11,1795971767928,'lab/big','["work","übung"]','
work
ubung
','f355adf5dcd1775b','Be short
','{"temperature":0.5}','{"lab/big":"sky"}','[1795971767797,1795971767868]','');
INSERT INTO "conversations" VALUES(2,'segue:f9c04bb978d5f3fd255af75b9446b51e','Put away','put away',0,1795971767994935,1795971768021700,NULL,1,1,2,1795971768012,'lab/big','[]','','f355adf5dcd1775b','','{}','{}','[]','unsent text');
INSERT INTO "conversations" VALUES(3,'segue:ffb7888cda2eefa5556631b691348804','Thrown away','thrown away',0,1795971768032773,1795971768040725,1795971768044626,0,0,1,1795971768040,NULL,'[]','','f355adf5dcd1775b','','{}','{}','[]','');
CREATE TABLE messages (
        id INTEGER PRIMARY KEY,                 -- milliseconds since 1970 or a little more: grows with time
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent INTEGER,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        hidden INTEGER NOT NULL DEFAULT 0,
        model TEXT,
        owner TEXT,                             -- the session that streams into it
        created_at INTEGER NOT NULL,
        finished_at INTEGER,
        reasoning_seconds REAL,
        usage TEXT,                             -- JSON, as are the next four
        failure TEXT,
        sources TEXT,
        images TEXT,
        notices TEXT,
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT '',
        spaced TEXT                             -- the text as search sees it, where that is another
    );
INSERT INTO "messages" VALUES(1795971767793,1,NULL,'user','complete',0,NULL,NULL,1795971767793341,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Tell me
	tabs,‮ marks ​, 😀 é and   spaces  


```
open','',NULL);
INSERT INTO "messages" VALUES(1795971767797,1,1795971767793,'assistant','complete',0,'lab/big',NULL,1795971767797066,1795971770797066,1.25,'{"input_tokens":10,"output_tokens":20,"reasoning_tokens":5,"cached_tokens":1,"cost":0.5,"tokens_per_second":null}',NULL,'[{"url":"https://a.test","title":"A"},{"url":"https://b.test","title":""}]','[{"url":"https://a.test/x.png","alt":"X"}]','["temperature was left out","cut"]','Once 😀


upon  ','Hm

',NULL);
INSERT INTO "messages" VALUES(1795971767816,1,1795971767793,'assistant','length',0,'other/small',NULL,1795971767816604,1795971770816604,NULL,NULL,NULL,NULL,NULL,NULL,'Another version','',NULL);
INSERT INTO "messages" VALUES(1795971767824,1,1795971767793,'assistant','error',1,'lab/big',NULL,1795971767824567,1795971770824567,NULL,NULL,'{"kind":"connect","message":"No network","hint":"Check it","status_code":503}',NULL,NULL,NULL,'','',NULL);
INSERT INTO "messages" VALUES(1795971767849,1,1795971767793,'assistant','empty',0,'lab/big',NULL,1795971767849035,1795971770849035,NULL,NULL,NULL,NULL,NULL,NULL,'','Only thought',NULL);
INSERT INTO "messages" VALUES(1795971767868,1,1795971767797,'user','complete',0,NULL,NULL,1795971767868759,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'And then?','',NULL);
INSERT INTO "messages" VALUES(1795971767880,1,1795971767868,'assistant','stopped',0,'lab/big',NULL,1795971767880840,1795971770880840,NULL,NULL,NULL,NULL,NULL,NULL,'Then
','So',NULL);
INSERT INTO "messages" VALUES(1795971767912,1,1795971767816,'user','complete',0,NULL,NULL,1795971767912795,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Another branch','',NULL);
INSERT INTO "messages" VALUES(1795971767924,1,1795971767880,'system','complete',0,'lab/big',NULL,1795971767924755,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'A summary of it','',NULL);
INSERT INTO "messages" VALUES(1795971767928,1,1795971767924,'user','complete',0,NULL,NULL,1795971767928957,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Go on','',NULL);
INSERT INTO "messages" VALUES(1795971767940,1,1795971767928,'assistant','streaming',0,'lab/big','f355adf5dcd1775b',1795971767940639,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','',NULL);
INSERT INTO "messages" VALUES(1795971768008,2,NULL,'user','complete',0,NULL,NULL,1795971768008769,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Archived?','',NULL);
INSERT INTO "messages" VALUES(1795971768012,2,1795971768008,'assistant','complete',0,'lab/big',NULL,1795971768012625,1795971771012625,NULL,NULL,NULL,NULL,NULL,NULL,'Yes','',NULL);
INSERT INTO "messages" VALUES(1795971768040,3,NULL,'user','complete',0,NULL,NULL,1795971768040725,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Gone','',NULL);
CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        reasoning TEXT NOT NULL
    );
INSERT INTO "pieces" VALUES(1,1795971767940,1795971767944629,'','I th');
INSERT INTO "pieces" VALUES(2,1795971767940,1795971767956397,'','ink

');
INSERT INTO "pieces" VALUES(3,1795971767940,1795971767968789,'Half ','');
INSERT INTO "pieces" VALUES(4,1795971767940,1795971767971513,'a wo','');
INSERT INTO "pieces" VALUES(5,1795971767940,1795971767980761,'rd','');
CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX conversations_listed
    ON conversations (archived, pinned, updated_at, id, title_key, tag_key, model)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    ;
CREATE INDEX conversations_by_time ON conversations (updated_at, title_key)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    ;
CREATE INDEX conversations_tagged ON conversations (tag_key, message_count) WHERE tag_key <> '';
CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX conversations_empty ON conversations (id) WHERE message_count = 0;
CREATE INDEX messages_by_conversation ON messages (conversation_id);
CREATE INDEX messages_by_model ON messages (model, conversation_id) WHERE model IS NOT NULL;
CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming';
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
        UPDATE conversations SET message_count = message_count + 1 WHERE id = new.conversation_id;
    END;
CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
        UPDATE conversations SET message_count = message_count - 1 WHERE id = old.conversation_id;
    END;
CREATE INDEX pieces_by_message ON pieces (message_id);
CREATE VIEW indexed_messages AS
    SELECT id, conversation_id, coalesce(spaced, text) AS text,
        char(57344) || conversation_id AS conversation  -- a word that no text has
    FROM messages WHERE status <> 'streaming';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('conversations',3);
CREATE VIRTUAL TABLE messages_fts USING fts5 (
        text, conversation, content = 'indexed_messages', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
COMMIT;
PRAGMA user_version = 1;
PRAGMA application_id = 1397049173;
