package sns

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strconv"
	"sync"
	"time"
)

// signingKey is what the model signs messages with. It follows from a text, so that a rehearsal follows from its seed: it keeps
// nothing secret, and proves to nobody but to who asks the model for its certificate that a message came from it.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	p, q, e := primeOf("p"), primeOf("q"), 65537
	one := big.NewInt(1)
	order := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: e},
		D:         new(big.Int).ModInverse(big.NewInt(int64(e)), order), Primes: []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		panic(err) // the texts are ours
	}
	return key
})

// primeOf is a prime of 1024 bits that follows from a text.
func primeOf(text string) *big.Int {
	var digits []byte
	for k := range 4 {
		part := sha256.Sum256([]byte("bluegreen localaws sns " + text + strconv.Itoa(k)))
		digits = append(digits, part[:]...)
	}
	digits[0] |= 0xc0 // the product of two such has 2048 bits
	digits[len(digits)-1] |= 1
	candidate, two := new(big.Int).SetBytes(digits), big.NewInt(2)
	for !candidate.ProbablyPrime(20) {
		candidate.Add(candidate, two)
	}
	return candidate
}

// CertificatePath is where the endpoint serves Certificate, as SNS does, to everyone.
const CertificatePath = "/SimpleNotificationService-00000000000000000000000000000000.pem"

// Certificate is the certificate of the key that messages are signed with, in PEM.
var Certificate = sync.OnceValue(func() []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localaws"}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	signed, err := x509.CreateCertificate(nil, template, template, signingKey().Public(), signingKey()) // this kind of signature draws nothing
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
})

// sign is the signature of version 1: of what of a notification is signed, each member's name and value on a line of its own.
func (e envelope) sign() string {
	var text bytes.Buffer
	for _, member := range [][2]string{
		{"Message", e.Message}, {"MessageId", e.MessageID}, {"Subject", e.Subject}, {"Timestamp", e.Timestamp}, {"TopicArn", e.TopicARN}, {"Type", e.Type},
	} {
		if member[1] != "" || member[0] != "Subject" {
			text.WriteString(member[0] + "\n" + member[1] + "\n")
		}
	}
	digest := sha1.Sum(text.Bytes())
	signature, err := rsa.SignPKCS1v15(nil, signingKey(), crypto.SHA1, digest[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}
