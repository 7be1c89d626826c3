package kube

// SetContext goes to another context of the kubeconfig, for this session and
// without touching the file; "" is the file's current one. The rows of the
// former are gone at once, and the namespace is the one last chosen in that
// context, else the context's. A context that cannot be used is an error, and
// changes nothing.
func (c *Client) SetContext(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	o := c.options
	o.Context = name
	to, err := o.inForce(c.read)
	if err != nil {
		return err
	}
	from, _ := c.options.inForce(c.read)
	c.options = o
	if to.Name == from.Name {
		return nil
	}
	if c.chosen {
		c.spaces[from.Name] = c.namespace
	}
	ns, chosen := c.spaces[to.Name]
	if !chosen {
		ns = to.Namespace
	}
	c.chosen = chosen
	if c.conn != nil {
		c.conn.close()
		c.conn = nil
	}
	c.connecting()
	c.watchOther(ns)
	c.wake()
	return nil
}
