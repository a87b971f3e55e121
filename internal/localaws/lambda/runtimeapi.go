package lambda

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"bluegreen/internal/localaws/wire"
)

// initRequest stands for the request id while the process initialises.
const initRequest = "init"

// runtimeAPI is the Lambda Runtime API of one environment, version 2018-06-01 (developer guide, runtimes-api). Its requests
// bear no signature: on AWS nothing but the function can reach it, here no web page may.
func (env *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", env.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		env.accept(w, r, r.PathValue("id"), false)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		env.accept(w, r, r.PathValue("id"), true)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, r *http.Request) {
		env.accept(w, r, initRequest, true)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := wire.Foreign(r); why != "" {
			refuse(w, http.StatusForbidden, "Forbidden", why)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// next waits for an invocation, for as long as it takes.
func (env *environment) next(w http.ResponseWriter, r *http.Request) {
	select {
	case env.asked <- struct{}{}:
	case <-env.exited:
		return
	case <-r.Context().Done():
		return
	}
	select {
	case d := <-env.deliver:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", d.requestID)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(d.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", d.functionARN)
		if d.traceID != "" {
			header.Set("Lambda-Runtime-Trace-Id", d.traceID)
		}
		_, _ = w.Write(d.payload)
	case <-env.exited:
	case <-r.Context().Done():
	}
}

// accept takes the process's answer to the invocation id.
func (env *environment) accept(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	rest := int64(0)
	if err == nil {
		rest, err = io.Copy(io.Discard, r.Body) // only its size counts
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	if !env.close(id) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	select {
	case env.answers <- answer{payload: payload, size: len(payload) + int(rest), failed: failed}:
	case <-r.Context().Done():
		return
	}
	if len(payload) > maxResponse {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
			"Exceeded maximum allowed payload size ("+strconv.Itoa(maxResponse)+" bytes).")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": errorType, "errorMessage": message})
}

// open lets the invocation id be answered, once.
func (env *environment) open(id string) {
	env.mu.Lock()
	defer env.mu.Unlock()
	env.current = id
}

// close reports whether id is the invocation that waits for an answer; it is answered from then on.
func (env *environment) close(id string) bool {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.current != id {
		return false
	}
	env.current = ""
	return true
}
