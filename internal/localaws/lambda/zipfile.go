package lambda

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"

	"bluegreen/internal/localaws/wire"
)

const (
	maxZipped   = 50 << 20  // bytes uploaded directly (aws-facts C2)
	maxUnzipped = 250 << 20 // bytes (aws-facts C2)
)

// unpack makes the deployment package the code of fn. The lock is held.
func (f *Functions) unpack(fn *function, packed []byte) error {
	if f.speed == 0 {
		return wire.NotModelled("deployment packages on virtual time: a process needs the scaled clock")
	}
	if len(packed) == 0 {
		return wire.Errorf("InvalidParameterValueException", "Uploaded file must be a non-empty zip")
	}
	if len(packed) > maxZipped {
		return tooLarge(maxZipped)
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return errUnzip
	}
	if len(archive.File) == 0 {
		return wire.Errorf("InvalidParameterValueException", "Uploaded file must be a non-empty zip")
	}
	dir, err := os.MkdirTemp("", "localaws-"+fn.name+"-")
	if err != nil {
		return err
	}
	f.tempDirs = append(f.tempDirs, dir)
	left := int64(maxUnzipped)
	for _, file := range archive.File {
		if err := extract(file, dir, &left); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(packed)
	fn.sha256, fn.size = base64.StdEncoding.EncodeToString(sum[:]), int64(len(packed))
	// Whether there is a bootstrap shows when the function is invoked, as on AWS.
	fn.bootstrap = filepath.Join(dir, "bootstrap")
	return nil
}

var errUnzip = wire.Errorf("InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again.")

// extract writes one file of a package below dir; left is how many bytes the package may still unpack to.
func extract(file *zip.File, dir string, left *int64) error {
	if !filepath.IsLocal(file.Name) {
		return errUnzip
	}
	path := filepath.Join(dir, filepath.FromSlash(file.Name))
	if file.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	packed, err := file.Open()
	if err != nil {
		return errUnzip
	}
	defer func() { _ = packed.Close() }()
	mode := file.Mode().Perm() | 0o600
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(packed, *left+1))
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return errUnzip
	}
	if *left -= n; *left < 0 {
		return wire.Errorf("InvalidParameterValueException", "Unzipped size must be smaller than %d bytes", maxUnzipped)
	}
	return nil
}
