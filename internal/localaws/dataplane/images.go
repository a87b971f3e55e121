package dataplane

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	localec2 "bluegreen/internal/localaws/ec2"
)

// unkept are files on a disk that no image takes along: what tells of processes, scripts that have run, and what is no disk.
var unkept = []string{"*.pid", ".command-*.sh", runFolder}

// keepImage keeps what is on an instance's disk as what an image of it holds. The lock is held.
func (p *Plane) keepImage(i *localec2.Instance, imageID string) {
	from := p.images[i.ImageID]
	if d, ok := p.disks[i.ID]; ok {
		from = d.folder
	}
	if p.closed || from == "" {
		return
	}
	folder, err := os.MkdirTemp("", "bluegreen-"+imageID+"-")
	if err == nil {
		err = copyFolder(folder, from)
	}
	if err != nil { // the image holds what could be copied; what is launched from it shows that
		fmt.Fprintf(os.Stderr, "keep the disk of %s as image %s: %v\n", i.ID, imageID, err)
	}
	p.images[imageID] = folder
}

func copyFolder(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	for _, pattern := range unkept {
		found, err := filepath.Glob(filepath.Join(to, pattern))
		if err != nil {
			return err
		}
		for _, file := range found {
			if err := os.RemoveAll(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// unpack puts what an image holds into an instance's new folder. The lock is held.
func (p *Plane) unpack(imageID, folder string) error {
	held, ok := p.images[imageID]
	if !ok {
		return nil
	}
	return os.CopyFS(folder, os.DirFS(held))
}

// dropImage removes what an image holds. The lock is held.
func (p *Plane) dropImage(imageID string) {
	if folder, ok := p.images[imageID]; ok {
		os.RemoveAll(folder)
		delete(p.images, imageID)
	}
}

// held is the first line of a file on an instance's disk, or in its image while nothing has run on the instance; empty where there
// is no such file. The lock must not be held.
func (p *Plane) held(instanceID, name string) string {
	folder := p.folderOf(instanceID)
	if folder == "" {
		return ""
	}
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan()
	return strings.TrimSpace(lines.Text())
}

// folderOf is where an instance's disk is, or what its image holds; empty: nowhere.
func (p *Plane) folderOf(instanceID string) string {
	p.acct.Lock()
	defer p.acct.Unlock()
	if d, ok := p.disks[instanceID]; ok {
		return d.folder
	}
	if i, ok := p.compute.Instance(instanceID); ok {
		return p.images[i.ImageID]
	}
	return ""
}
