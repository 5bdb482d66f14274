BEGIN TRANSACTION;
CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE,            -- in hexadecimal
        data BLOB NOT NULL
    );
INSERT INTO "contents" VALUES(1,'f7537c9522bb83c8beb90174522bc85e5060be6f2373ca22d9490142203739b1',X'89504E470D0A1A0A646F74');
INSERT INTO "contents" VALUES(2,'5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7',X'427579206D696C6B0D0A');
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
    , attachments TEXT);
INSERT INTO "conversations" VALUES(1,'segue:87b74a405e22977300c8e511b1992cbf','Versions and branches','versions and branches',0,1795971768972488,1795971769080776,NULL,0,0,11,1795971769072,'lab/big','["work","übung"]','
work
ubung
','7e2fbc6056a4c660','Be short
','{"temperature":0.5}','{"lab/big":"sky"}','[1795971768988,1795971769044]','',NULL);
INSERT INTO "conversations" VALUES(2,'segue:153427ca991d360bf93fef386953bfb3','Put away','put away',0,1795971769148776,1795971769180767,NULL,1,1,2,1795971769168,'lab/big','[]','','7e2fbc6056a4c660','','{}','{}','[]','unsent text',NULL);
INSERT INTO "conversations" VALUES(3,'segue:e174b55f15dadfb72ec60e8ab4491389','Thrown away','thrown away',0,1795971769201103,1795971769208040,1795971769220793,0,0,1,1795971769208,NULL,'[]','','7e2fbc6056a4c660','','{}','{}','[]','',NULL);
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
    , attachments TEXT);
INSERT INTO "messages" VALUES(1795971768985,1,NULL,'user','complete',0,NULL,NULL,1795971768985228,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Tell me
	tabs,‮ marks ​, 😀 é and   spaces  


```
open','',NULL,'[{"name":"dot.png","media_type":"image/png","size":11,"sha256":"f7537c9522bb83c8beb90174522bc85e5060be6f2373ca22d9490142203739b1","tokens":1200},{"name":"note.txt","media_type":"text/plain","size":10,"sha256":"5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7","tokens":2}]');
INSERT INTO "messages" VALUES(1795971768988,1,1795971768985,'assistant','complete',0,'lab/big',NULL,1795971768988964,1795971771988964,1.25,'{"input_tokens":10,"output_tokens":20,"reasoning_tokens":5,"cached_tokens":1,"cost":0.5,"tokens_per_second":null}',NULL,'[{"url":"https://a.test","title":"A"},{"url":"https://b.test","title":""}]','[{"url":"https://a.test/x.png","alt":"X"}]','["temperature was left out","cut"]','Once 😀


upon  ','Hm

',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769004,1,1795971768985,'assistant','length',0,'other/small',NULL,1795971769004862,1795971772004862,NULL,NULL,NULL,NULL,NULL,NULL,'Another version','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769020,1,1795971768985,'assistant','error',1795971769133911,'lab/big',NULL,1795971769020786,1795971772020786,NULL,NULL,'{"kind":"connect","message":"No network","hint":"Check it","status_code":503}',NULL,NULL,NULL,'','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769032,1,1795971768985,'assistant','empty',0,'lab/big',NULL,1795971769032853,1795971772032853,NULL,NULL,NULL,NULL,NULL,NULL,'','Only thought',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769044,1,1795971768988,'user','complete',0,NULL,NULL,1795971769044649,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'And then?','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769048,1,1795971769044,'assistant','stopped',0,'lab/big',NULL,1795971769048597,1795971772048597,NULL,NULL,NULL,NULL,NULL,NULL,'Then
','So',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769057,1,1795971769004,'user','complete',0,NULL,NULL,1795971769057465,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Another branch','',NULL,'[{"name":"note.txt","media_type":"text/plain","size":10,"sha256":"5f9332ecdb9031aebfb01e7f6fca0dee3d7e2e531df7888773a8c3d8686249d7","tokens":2}]');
INSERT INTO "messages" VALUES(1795971769064,1,1795971769048,'system','complete',0,'lab/big',NULL,1795971769064956,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'A summary of it','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769072,1,1795971769064,'user','complete',0,NULL,NULL,1795971769072697,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Go on','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769080,1,1795971769072,'assistant','streaming',0,'lab/big','7e2fbc6056a4c660',1795971769080776,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769152,2,NULL,'user','complete',0,NULL,NULL,1795971769152733,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Archived?','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769168,2,1795971769152,'assistant','complete',0,'lab/big',NULL,1795971769168824,1795971772168824,NULL,NULL,NULL,NULL,NULL,NULL,'Yes','',NULL,NULL);
INSERT INTO "messages" VALUES(1795971769208,3,NULL,'user','complete',0,NULL,NULL,1795971769208040,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Gone','',NULL,NULL);
CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        reasoning TEXT NOT NULL
    );
INSERT INTO "pieces" VALUES(1,1795971769080,1795971769088653,'','I th');
INSERT INTO "pieces" VALUES(2,1795971769080,1795971769100715,'','ink

');
INSERT INTO "pieces" VALUES(3,1795971769080,1795971769112686,'Half ','');
INSERT INTO "pieces" VALUES(4,1795971769080,1795971769120749,'a wo','');
INSERT INTO "pieces" VALUES(5,1795971769080,1795971769128707,'rd','');
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
CREATE INDEX messages_attached ON messages (attachments) WHERE attachments IS NOT NULL;
CREATE INDEX drafts_attached ON conversations (attachments) WHERE attachments IS NOT NULL;
CREATE INDEX messages_hidden ON messages (hidden) WHERE hidden <> 0;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('conversations',3);
CREATE VIRTUAL TABLE messages_fts USING fts5 (
        text, conversation, content = 'indexed_messages', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
COMMIT;
PRAGMA user_version = 3;
PRAGMA application_id = 1397049173;
