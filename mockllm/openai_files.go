package mockllm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// openaiFile is a file that was uploaded, or that a batch has written.
type openaiFile struct {
	doc     openaiFileDoc
	content []byte
}

// openaiFileDoc is what is told of a file.
type openaiFileDoc struct {
	Object        string  `json:"object"`
	ID            string  `json:"id"`
	Purpose       string  `json:"purpose"`
	Filename      string  `json:"filename"`
	Bytes         int     `json:"bytes"`
	CreatedAt     int64   `json:"created_at"`
	ExpiresAt     *int64  `json:"expires_at"`
	Status        string  `json:"status"`
	StatusDetails *string `json:"status_details"`
}

// newFile is a file with an id. It is not kept yet.
func (m *mint) newFile(name, purpose string, content []byte) *openaiFile {
	return &openaiFile{openaiFileDoc{
		Object: "file", ID: "file-" + m.base62(22), Purpose: purpose, Filename: name,
		Bytes: len(content), CreatedAt: m.now.Unix(), Status: "processed",
	}, content}
}

func (k *openaiKept) keepFile(f *openaiFile) { k.files.put(f.doc.ID, len(f.content), f) }

// openaiFileUpload reads a file from a form.
func openaiFileUpload(c *call) (func(*exchange), *Reply) {
	f, bad := openaiForm(c)
	purposes := []string{"assistants", "batch", "fine-tune", "vision", "user_data", "evals"}
	switch {
	case bad != nil:
	case f.name == "":
		bad = openaiInvalid("", "", "'file' is a required property")
	case f.purpose == "":
		bad = openaiInvalid("", "", "'purpose' is a required property")
	case !slices.Contains(purposes, f.purpose):
		bad = openaiInvalid("purpose", "", fmt.Sprintf("'%s' is not one of ['%s'] - 'purpose'", f.purpose, strings.Join(purposes, "', '")))
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return func(x *exchange) {
		file := x.newFile(f.name, f.purpose, f.content)
		x.kept.keepFile(file)
		openaiDocument(x, file.doc)
	}, nil
}

// openaiUpload is what a form for a file holds.
type openaiUpload struct {
	name, purpose string
	content       []byte
}

func openaiForm(c *call) (f openaiUpload, bad *openaiError) {
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return f, openaiInvalid("", "", "Could not parse multipart form")
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, openaiInvalid("", "", "Could not parse multipart form")
		}
		value, err := io.ReadAll(part)
		switch {
		case err != nil:
			return f, openaiInvalid("", "", "Could not parse multipart form")
		case part.FormName() == "purpose":
			f.purpose = string(value)
		case part.FormName() == "file":
			f.name, f.content = part.FileName(), value
		}
	}
}

// openaiFileGet answers with what is known of a file.
func openaiFileGet(c *call) (func(*exchange), *Reply) {
	return openaiWithFile(c, func(x *exchange, f *openaiFile) { openaiDocument(x, f.doc) }), nil
}

// openaiFileContent answers with a file itself.
func openaiFileContent(c *call) (func(*exchange), *Reply) {
	return openaiWithFile(c, func(x *exchange, f *openaiFile) {
		if slices.Contains([]string{"assistants", "user_data", "vision"}, f.doc.Purpose) {
			x.reply(openaiInvalid("", "", "Not allowed to download files of purpose: "+f.doc.Purpose).reply(x.asked(x.req)))
			return
		}
		h := openaiEngine(x.head(), x.mint, x.account, x.elapsed()).with(
			"Content-Type", "application/octet-stream",
			"content-disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.doc.Filename}),
		)
		x.reply(Reply{http.StatusOK, h, f.content})
	}), nil
}

// openaiFileDelete forgets a file.
func openaiFileDelete(c *call) (func(*exchange), *Reply) {
	return openaiWithFile(c, func(x *exchange, f *openaiFile) {
		x.kept.files.remove(f.doc.ID)
		openaiDocument(x, openaiDeleted{ID: f.doc.ID, Object: "file", Deleted: true})
	}), nil
}

// openaiWithFile serves a request about the file of the path.
func openaiWithFile(c *call, serve func(*exchange, *openaiFile)) func(*exchange) {
	id := c.vars["id"]
	return func(x *exchange) {
		f, ok := x.kept.files.get(id)
		if !ok {
			x.reply(openaiNotFound("id", "No such File object: "+id).reply(x.asked(x.req)))
			return
		}
		serve(x, f)
	}
}

// openaiFileList answers with the files, newest first.
func openaiFileList(c *call) (func(*exchange), *Reply) {
	purpose := c.r.URL.Query().Get("purpose")
	page, bad := openaiPageOf(c, 10_000)
	if bad != nil {
		return bad.refuse(c)
	}
	return func(x *exchange) {
		var docs []openaiFileDoc
		for _, f := range x.kept.files.newest() {
			if purpose == "" || f.doc.Purpose == purpose {
				docs = append(docs, f.doc)
			}
		}
		openaiDocument(x, paged(page, docs, func(d openaiFileDoc) string { return d.ID }))
	}, nil
}

// openaiPage is which part of a list is wanted.
type openaiPage struct {
	after  string // the id before the first
	limit  int
	oldest bool // oldest first
}

func openaiPageOf(c *call, most int) (p openaiPage, bad *openaiError) {
	query := c.r.URL.Query()
	p = openaiPage{after: query.Get("after"), limit: min(most, 20), oldest: query.Get("order") == "asc"}
	if most > 100 {
		p.limit = most
	}
	if s := query.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		switch {
		case err != nil:
			return p, openaiType("limit", "an integer", []byte(strconv.Quote(s)))
		case n < 1 || n > most:
			return p, openaiInvalid("limit", "", fmt.Sprintf("%d is not between 1 and %d - 'limit'", n, most))
		}
		p.limit = n
	}
	return p, nil
}

// openaiListDoc is a part of a list.
type openaiListDoc[T any] struct {
	Object  string  `json:"object"`
	Data    []T     `json:"data"`
	First   *string `json:"first_id"`
	Last    *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// paged cuts a page out of a list that begins with the newest.
func paged[T any](p openaiPage, all []T, id func(T) string) openaiListDoc[T] {
	if p.oldest {
		slices.Reverse(all)
	}
	if i := slices.IndexFunc(all, func(t T) bool { return id(t) == p.after }); i >= 0 {
		all = all[i+1:]
	}
	doc := openaiListDoc[T]{Object: "list", Data: []T{}, HasMore: len(all) > p.limit}
	doc.Data = append(doc.Data, all[:min(p.limit, len(all))]...)
	if n := len(doc.Data); n > 0 {
		doc.First, doc.Last = ptr(id(doc.Data[0])), ptr(id(doc.Data[n-1]))
	}
	return doc
}
