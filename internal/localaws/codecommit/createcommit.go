package codecommit

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"

	"bluegreen/internal/localaws/wire"
)

// change is what a commit does to the files of its parent.
type change struct {
	files                     map[string]file
	blobs                     map[string][]byte
	touched                   map[string]bool
	bytes                     int
	added, updated, withdrawn []types.FileMetadata
}

func (r *Repositories) createCommit(call *wire.Call, in *codecommit.CreateCommitInput) (*codecommit.CreateCommitOutput, error) {
	found, before, err := r.onto(in.RepositoryName, in.BranchName, in.ParentCommitId)
	if err != nil {
		return nil, err
	}
	switch n := len(in.PutFiles) + len(in.DeleteFiles) + len(in.SetFileModes); {
	case n == 0:
		return nil, refuse("FileEntryRequiredException", "The commit cannot be created because no files have been specified as added, "+
			"updated, or changed (PutFile or DeleteFile) for the commit.")
	case n > r.settings.MaxFiles:
		return nil, refuse("MaximumFileEntriesExceededException", "The number of specified files to change as part of this commit exceeds "+
			"the maximum number of files that can be changed in a single commit. Consider using a Git client for these changes.")
	}
	c := &change{files: filesOf(before), blobs: make(map[string][]byte), touched: make(map[string]bool)}
	if err := r.apply(c, in); err != nil {
		return nil, err
	}
	if maps.Equal(c.files, filesOf(before)) {
		return nil, refuse("NoChangeException", "The commit cannot be created because no changes will be made to the repository as a result "+
			"of this commit. A commit must contain at least one change.")
	}
	made, err := r.author(call, in.AuthorName, in.Email, in.CommitMessage, "Changed "+strings.Join(slices.Sorted(maps.Keys(c.touched)), ", "))
	if err != nil {
		return nil, err
	}
	maps.Copy(found.blobs, c.blobs)
	made.files = c.files
	r.add(call, found, *in.BranchName, before, made)
	return &codecommit.CreateCommitOutput{
		CommitId: &made.id, TreeId: &made.tree, FilesAdded: c.added, FilesUpdated: c.updated, FilesDeleted: c.withdrawn,
	}, nil
}

// apply makes the request's changes in the order delete, put, set mode: a file may be replaced by a folder at once.
func (r *Repositories) apply(c *change, in *codecommit.CreateCommitInput) error {
	for _, entry := range in.DeleteFiles {
		path, err := c.touch(entry.FilePath)
		if err != nil {
			return err
		}
		gone, exists := c.files[path]
		if !exists {
			return noFile()
		}
		delete(c.files, path)
		c.withdrawn = append(c.withdrawn, described(path, gone))
	}
	for _, entry := range in.PutFiles {
		if err := r.put(c, entry); err != nil {
			return err
		}
	}
	for _, entry := range in.SetFileModes {
		path, err := c.touch(entry.FilePath)
		if err != nil {
			return err
		}
		if entry.FileMode == "" {
			return refuse("FileModeRequiredException", "The commit cannot be created because no file mode has been specified. A file mode is "+
				"required to update mode permissions for a file.")
		}
		mode, err := checkMode(entry.FileMode)
		if err != nil {
			return err
		}
		present, exists := c.files[path]
		if !exists {
			return noFile()
		}
		c.files[path] = file{blob: present.blob, mode: mode}
		c.updated = append(c.updated, described(path, c.files[path]))
	}
	return nil
}

func (r *Repositories) put(c *change, entry types.PutFileEntry) error {
	path, err := c.touch(entry.FilePath)
	if err != nil {
		return err
	}
	if entry.FileContent == nil {
		return refuse("SourceFileOrContentRequiredException", "The commit cannot be created because no source files or file content have "+
			"been specified for the commit.")
	}
	if err := r.checkContent(entry.FileContent); err != nil {
		return err
	}
	if c.bytes += len(entry.FileContent); c.bytes > r.settings.MaxChange {
		return tooLarge()
	}
	mode, err := checkMode(entry.FileMode)
	if err != nil {
		return err
	}
	if err := checkPlace(c.files, path); err != nil {
		return c.conflict(path, err)
	}
	put := file{blob: objectID("blob", entry.FileContent), mode: mode}
	if present, exists := c.files[path]; !exists {
		c.added = append(c.added, described(path, put))
	} else if present != put {
		c.updated = append(c.updated, described(path, put))
	}
	c.files[path], c.blobs[put.blob] = put, slices.Clone(entry.FileContent)
	return nil
}

// conflict names a conflict between two entries of the same commit as such.
func (c *change) conflict(path string, otherwise error) error {
	for other := range c.touched {
		if _, put := c.files[other]; put && (strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/")) {
			return refuse("PutFileEntryConflictException", "The commit cannot be created because one or more files specified in the commit "+
				"reference both a file and a folder.")
		}
	}
	return otherwise
}

func (c *change) touch(path *string) (string, error) {
	clean, err := cleanPath(path)
	if err != nil {
		return "", err
	}
	if c.touched[clean] {
		return "", refuse("SamePathRequestException", "The commit cannot be created because one or more changes in this commit duplicate "+
			"actions in the same file path. For example, you cannot make the same delete request to the same file in the same file path "+
			"twice, or make a delete request and a move request to the same file as part of the same commit.")
	}
	c.touched[clean] = true
	return clean, nil
}

func described(path string, f file) types.FileMetadata {
	return types.FileMetadata{AbsolutePath: &path, BlobId: aws.String(f.blob), FileMode: f.mode}
}

func noFile() error {
	return refuse("FileDoesNotExistException", "The specified file does not exist. Verify that you have used the correct file name, full "+
		"path, and extension.")
}
